//! Frames on gRPC: one call is one connection, and one message one frame [PW-GRPC-1].

mod client;
pub mod codec;
mod handover;
mod server;
mod tap;

pub(super) use client::dial;
pub(super) use server::serve;

use super::{Inbound, Link, codes};
use crate::{machine::LinkEnd, wire::CloseCode};
use bytes::Bytes;
use handover::Giver;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tap::Ending;
use tonic::{Code, Status, Streaming, codegen::tokio_stream::Stream};

/// The code that is generated for the service.
#[allow(clippy::all)]
mod service {
    include!(concat!(env!("OUT_DIR"), "/service/pulsewire.v1.rs"));
}

/// How much HTTP/2 may hold of what is to be sent, so that heartbeats do not wait long behind it.
const SEND_BUFFER: usize = 65_536;

enum Incoming {
    /// The call of a client that the server has not answered yet.
    Called(Pin<Box<dyn Future<Output = Result<Streaming<Bytes>, Status>> + Send>>),
    Open(Box<Streaming<Bytes>>),
    Ended,
}

/// What keeps the HTTP/2 connection of a link going, until it is dropped.
trait Holder: Send {
    /// The transport is to be torn down with the link.
    fn abort(&mut self) {}
}

/// A frame connection on gRPC, of either role.
struct GrpcLink<H> {
    incoming: Incoming,
    ending: Ending,
    /// Of what arrives only the end counts.
    refused: bool,
    outgoing: Giver,
    is_server: bool,
    /// The status that waits for the client to half-close [PW-GRPC-6].
    status: Option<Status>,
    holder: H,
}

impl<H: Holder> GrpcLink<H> {
    fn new(
        incoming: Incoming,
        ending: Ending,
        outgoing: Giver,
        is_server: bool,
        holder: H,
    ) -> Self {
        let (refused, status) = (false, None);
        GrpcLink { incoming, ending, refused, outgoing, is_server, status, holder }
    }

    /// What it means that the stream of messages ends so.
    fn read_end(&mut self, status: Option<Status>) -> Inbound {
        let end = match (self.ending.get(), status) {
            (None, Some(status)) => {
                // `tonic` gave up before the octets ended: for a length that it was told not to
                // take, or a prefix that gRPC does not know.
                self.refused = true;
                return Inbound::Violation(match status.code() {
                    Code::OutOfRange => CloseCode::FrameTooLarge, // [PW-LIM-1]
                    _ => CloseCode::ProtocolError,
                });
            }
            (Some(LinkEnd::Closed), Some(status)) if !self.is_server => {
                codes::from_grpc(status.code()) // [PW-GRPC-7]
            }
            (Some(&end), _) => end,
            (None, None) => LinkEnd::Closed,
        };
        self.incoming = Incoming::Ended;
        Inbound::End(end)
    }
}

impl<H: Holder> Link for GrpcLink<H> {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Inbound> {
        loop {
            match &mut self.incoming {
                Incoming::Called(call) => match ready!(call.as_mut().poll(cx)) {
                    Ok(stream) => self.incoming = Incoming::Open(Box::new(stream)),
                    Err(status) => {
                        self.incoming = Incoming::Ended;
                        return Poll::Ready(Inbound::End(codes::from_grpc(status.code())));
                    }
                },
                Incoming::Open(stream) => match ready!(Pin::new(stream).poll_next(cx)) {
                    Some(Ok(_)) if self.refused => {}
                    Some(Ok(frame)) => return Poll::Ready(Inbound::Frame(frame)),
                    end => {
                        let was_refused = self.refused;
                        let inbound = self.read_end(end.and_then(Result::err));
                        if !was_refused || matches!(inbound, Inbound::End(_)) {
                            return Poll::Ready(inbound);
                        }
                    }
                },
                Incoming::Ended => return Poll::Pending,
            }
        }
    }

    fn start_send(&mut self, frame: Vec<u8>) {
        self.outgoing.give(frame.into());
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkEnd>> {
        let taken = ready!(self.outgoing.poll_taken(cx));
        Poll::Ready(if taken { Ok(()) } else { Err(LinkEnd::Failed) })
    }

    fn accepted(&self) -> u64 {
        0 // HTTP/2 takes whole frames
    }

    fn start_close(&mut self, code: i32) {
        let code = codes::to_grpc(code);
        if self.is_server && code != Code::Ok {
            self.status = Some(Status::new(code, ""));
        } else {
            self.outgoing.end(None);
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Some clients throw away what they have not read when such a status arrives, the Close
        // among it, so it waits until the client has half-closed [PW-GRPC-6].
        if self.status.is_some() {
            if !matches!(self.incoming, Incoming::Ended) {
                return Poll::Pending;
            }
            self.outgoing.end(self.status.take());
        }
        self.outgoing.poll_over(cx)
    }

    fn awaits_peer(&self, _: i32) -> bool {
        true // The connection has the end of the call still to send.
    }

    fn abort(&mut self) {
        self.outgoing.end(self.status.take());
        self.holder.abort();
    }
}
