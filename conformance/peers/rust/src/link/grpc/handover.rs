//! Hands frames to HTTP/2 one at a time.
//!
//! A channel would do, if it could tell when a frame has been taken and take one back.

use bytes::Bytes;
use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};
use tonic::{Status, codegen::tokio_stream::Stream};

#[derive(Default)]
struct Slot {
    frame: Option<Bytes>,
    /// The stream is to end, with a status other than OK if there is one.
    end: Option<Option<Status>>,
    /// The stream has said so, or was dropped.
    over: bool,
    giver: Option<Waker>,
    taker: Option<Waker>,
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end that frames go in.
pub(super) struct Giver(Arc<Mutex<Slot>>);

/// The end that they come out of: the messages of a call.
pub(super) struct Taker(Arc<Mutex<Slot>>);

pub(super) fn handover() -> (Giver, Taker) {
    let slot = Arc::<Mutex<Slot>>::default();
    (Giver(slot.clone()), Taker(slot))
}

impl Giver {
    pub fn give(&mut self, frame: Bytes) {
        let mut slot = lock(&self.0);
        slot.frame = Some(frame);
        if let Some(taker) = slot.taker.take() {
            taker.wake();
        }
    }

    /// Ready when the frame has been taken; false if it never will be.
    pub fn poll_taken(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut slot = lock(&self.0);
        if slot.over || slot.frame.is_none() {
            return Poll::Ready(!slot.over);
        }
        slot.giver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Takes back a frame that nobody has taken, and ends the stream.
    pub fn end(&mut self, status: Option<Status>) {
        let mut slot = lock(&self.0);
        slot.frame = None;
        slot.end = Some(status);
        if let Some(taker) = slot.taker.take() {
            taker.wake();
        }
    }

    /// Ready when the end has been taken too.
    pub fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut slot = lock(&self.0);
        if slot.over {
            return Poll::Ready(());
        }
        slot.giver = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Giver {
    fn drop(&mut self) {
        let mut slot = lock(&self.0);
        slot.end.get_or_insert(None);
        if let Some(taker) = slot.taker.take() {
            taker.wake();
        }
    }
}

impl Stream for Taker {
    type Item = Result<Bytes, Status>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut slot = lock(&self.0);
        let next = match slot.frame.take() {
            Some(frame) => Some(Ok(frame)),
            None => match &mut slot.end {
                Some(status) => {
                    let status = status.take();
                    slot.over = true;
                    status.map(Err)
                }
                None => {
                    slot.taker = Some(cx.waker().clone());
                    return Poll::Pending;
                }
            },
        };
        if let Some(giver) = slot.giver.take() {
            giver.wake();
        }
        Poll::Ready(next)
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        let mut slot = lock(&self.0);
        slot.over = true;
        if let Some(giver) = slot.giver.take() {
            giver.wake();
        }
    }
}
