//! Generates the messages and the gRPC service from the repository's `proto/`.
//!
//! `protox` compiles the files, so no `protoc` has to be installed.

use std::{env, error::Error, fs, path::Path};

const PROTO: &str = "../../../proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}");
    let files = protox::compile(["pulsewire/v1/service.proto"], [PROTO])?;
    let out = env::var("OUT_DIR")?;
    let [messages, service] = ["messages", "service"].map(|part| Path::new(&out).join(part));
    fs::create_dir_all(&messages)?;
    fs::create_dir_all(&service)?;

    prost_build::Config::new().out_dir(messages).compile_fds(files.clone())?;

    // The service carries frames as octets: the state machine decodes them, so that a malformed
    // one ends a connection in the same way on every transport.
    tonic_prost_build::configure()
        .out_dir(service)
        .build_transport(false)
        .codec_path("crate::link::grpc::codec::FrameCodec")
        .extern_path(".pulsewire.v1.Frame", "::bytes::Bytes")
        .extern_path(".pulsewire.v1", "crate::wire")
        .compile_fds(files)?;
    Ok(())
}
