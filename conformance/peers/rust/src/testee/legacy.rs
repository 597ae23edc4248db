//! A peer from before heartbeats: it sends data and Close, and what arrives as heartbeat changes
//! nothing.

use pulsewire::{
    link::{Inbound, Link},
    machine::LinkEnd,
    wire::{self, Body},
};
use std::task::{Context, Poll, ready};

/// A link that keeps heartbeats from a passive state machine, which then sends none either.
pub struct Legacy(pub Box<dyn Link>);

impl Link for Legacy {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Inbound> {
        loop {
            let inbound = ready!(self.0.poll_receive(cx));
            let Inbound::Frame(frame) = &inbound else {
                return Poll::Ready(inbound);
            };
            let body = wire::decode(frame).ok().and_then(|frame| frame.body);
            if !matches!(body, Some(Body::Heartbeat(_))) {
                return Poll::Ready(inbound);
            }
        }
    }

    fn start_send(&mut self, frame: Vec<u8>) {
        self.0.start_send(frame);
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkEnd>> {
        self.0.poll_send(cx)
    }

    fn accepted(&self) -> u64 {
        self.0.accepted()
    }

    fn start_close(&mut self, code: i32) {
        self.0.start_close(code);
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_close(cx)
    }

    fn abort(&mut self) {
        self.0.abort();
    }
}
