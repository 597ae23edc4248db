//! Bindings: how frames travel on each transport.

mod codes;
mod endpoint;
mod grpc;
mod octets;
pub mod tcp;
mod ws;

pub use endpoint::{Listener, Transport, dial};

use crate::{machine::LinkEnd, wire::CloseCode};
use bytes::Bytes;
use std::{
    task::{Context, Poll},
    time::Duration,
};

/// How long a handshake of a transport may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What arrives on a link.
#[derive(Debug, PartialEq, Eq)]
pub enum Inbound {
    /// A whole frame, without its delimiter.
    Frame(Bytes),
    /// Octets that complete no frame.
    Octets,
    /// The peer broke a rule of the binding. After it comes nothing but the end.
    Violation(CloseCode),
    /// The peer's direction has ended; nothing comes after it.
    End(LinkEnd),
}

/// One transport connection that carries frames. Dropping a link lets go of all it holds.
pub trait Link: Send {
    /// What arrives next.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Inbound>;

    /// Takes a frame to be sent; only when the last one has been accepted.
    fn start_send(&mut self, frame: Vec<u8>);

    /// Ready when the transport has accepted that frame.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkEnd>>;

    /// How many octets the transport has accepted, as far as it lets that be seen: what tells a
    /// slow peer from one that takes nothing [PW-OUT-2].
    fn accepted(&self) -> u64;

    /// Begins to end one's own direction, with this close code. What has not been accepted yet is
    /// given up.
    fn start_close(&mut self, code: i32);

    /// Ready when one's own direction has ended.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Whether what the peer still does matters once one's own direction has ended with this code.
    fn awaits_peer(&self, code: i32) -> bool {
        // Who is down sends nothing that could be waited for [PW-LIV-6].
        code != CloseCode::HeartbeatTimeout as i32
    }

    /// Tears the transport down.
    fn abort(&mut self);
}
