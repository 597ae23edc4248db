//! Sees how a stream of messages ended, which `tonic` tells only in part: a call that was
//! cancelled looks like a half-close, and a status like a message that is too long.

use crate::machine::LinkEnd;
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

/// How the octets of one direction ended, once they have.
pub(super) type Ending = Arc<OnceLock<LinkEnd>>;

/// The octets of one direction of a call.
pub(super) struct Tap {
    body: Incoming,
    ending: Ending,
}

impl Tap {
    pub fn new(body: Incoming, ending: Ending) -> Self {
        Tap { body, ending }
    }
}

impl Body for Tap {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let _ = match &frame {
            Some(Ok(frame)) if frame.is_data() => Ok(()),
            Some(Err(_)) => self.ending.set(LinkEnd::Failed),
            Some(Ok(_)) | None => self.ending.set(LinkEnd::Closed),
        };
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
