#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod connection;
pub mod link;
pub mod machine;
pub mod wire;
