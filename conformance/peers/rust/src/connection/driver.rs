//! The task that runs a state machine over a link, in real time.

use super::{Shared, WallClock};
use crate::{
    link::{Inbound, Link},
    machine::{LinkAction, Machine},
};
use std::{
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    task::yield_now,
    time::{Instant, Sleep, sleep_until},
};

/// How much is taken from a link before something else has its turn.
const BURST: usize = 256;
/// By how much the wall clock must run ahead to speak of a suspend [PW-CLK-5].
const SUSPENDED: Duration = Duration::from_secs(1);

/// Runs a connection to its end, and then lets go of the link.
pub(super) async fn drive(shared: Arc<Shared>, link: Box<dyn Link>, wall: WallClock) {
    let mut driver = Driver {
        ahead: wall().saturating_sub(shared.now()),
        shared,
        link,
        wall,
        sending: false,
        accepted: 0,
        incoming_ended: false,
        closing: false,
        moved: false,
    };
    let mut timer = pin!(sleep_until(Instant::now()));
    loop {
        match poll_fn(|cx| driver.poll(cx, timer.as_mut())).await {
            Woken::Done => break,
            Woken::Timer => {
                // Whoever reads the transport for us, as HTTP/2 does, has its turn before the
                // transport is looked at once more and then judged [PW-CLK-2].
                yield_now().await;
                poll_fn(|cx| {
                    driver.pump(cx);
                    Poll::Ready(())
                })
                .await;
                driver.handle_timeout();
            }
        }
    }
}

enum Woken {
    Timer,
    Done,
}

struct Driver {
    shared: Arc<Shared>,
    link: Box<dyn Link>,
    wall: WallClock,
    /// By how much the wall clock is ahead of the monotonic one.
    ahead: Duration,
    /// The link has a frame that it has not accepted in full.
    sending: bool,
    accepted: u64,
    incoming_ended: bool,
    closing: bool,
    /// Something happened that the application may wait for.
    moved: bool,
}

impl Driver {
    fn poll(&mut self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<Woken> {
        if self.pump(cx) {
            return Poll::Ready(Woken::Done);
        }
        let Some(timeout) = self.shared.lock().machine.poll_timeout() else {
            return Poll::Pending;
        };
        let at = self.shared.origin + timeout;
        if timer.deadline() != at {
            timer.as_mut().reset(at);
        }
        timer.poll(cx).map(|()| Woken::Timer)
    }

    /// Moves everything that can be moved; true when there is nothing more to do.
    fn pump(&mut self, cx: &mut Context<'_>) -> bool {
        let shared = self.shared.clone();
        let mut state = shared.lock();
        state.driver = Some(cx.waker().clone());
        let machine = &mut state.machine;
        self.receive(cx, machine);
        self.transmit(cx, machine);
        let done = self.close(cx, machine);
        if mem::take(&mut self.moved) {
            shared.changed.notify_waiters();
        }
        done
    }

    fn receive(&mut self, cx: &mut Context<'_>, machine: &mut Machine) {
        for _ in 0..BURST {
            if self.incoming_ended || !machine.reads() {
                return;
            }
            let Poll::Ready(inbound) = self.link.poll_receive(cx) else {
                return;
            };
            self.moved = true;
            let now = self.shared.now();
            match inbound {
                Inbound::Frame(frame) => machine.handle_frame(&frame, now),
                Inbound::Octets => machine.handle_octets(now),
                Inbound::Violation(code) => machine.handle_violation(code, now),
                Inbound::End(how) => {
                    self.incoming_ended = true;
                    machine.handle_link_end(how, now);
                }
            }
            // An answer does not wait until all that has piled up is read.
            self.transmit(cx, machine);
        }
        cx.waker().wake_by_ref(); // there may be more
    }

    fn transmit(&mut self, cx: &mut Context<'_>, machine: &mut Machine) {
        while !self.closing {
            if !self.sending {
                let Some(frame) = machine.poll_transmit(self.shared.now()) else {
                    return;
                };
                self.moved = true;
                self.link.start_send(frame);
                self.sending = true;
            }
            let sent = self.link.poll_send(cx);
            let now = self.shared.now();
            match sent {
                Poll::Pending => {
                    if self.link.accepted() != self.accepted {
                        self.accepted = self.link.accepted();
                        machine.handle_accepted(now);
                    }
                    return;
                }
                Poll::Ready(Ok(())) => {
                    self.sending = false;
                    self.accepted = self.link.accepted();
                    machine.handle_transmitted(now);
                }
                Poll::Ready(Err(how)) => {
                    // What the peer said before it went may still be there to be read.
                    (self.sending, self.closing, self.moved) = (false, true, true);
                    self.receive(cx, machine);
                    self.incoming_ended = true;
                    machine.handle_link_end(how, now);
                }
            }
        }
    }

    fn close(&mut self, cx: &mut Context<'_>, machine: &mut Machine) -> bool {
        let code = match machine.link_action() {
            LinkAction::Keep => return false,
            LinkAction::Abort => {
                self.link.abort();
                return true;
            }
            LinkAction::Close(code) => code,
        };
        if !self.closing {
            self.closing = true;
            self.link.start_close(code);
        }
        self.link.poll_close(cx).is_ready() && (self.incoming_ended || !self.link.awaits_peer(code))
    }

    fn handle_timeout(&mut self) {
        let shared = self.shared.clone();
        let mut state = shared.lock();
        let now = shared.now();
        let ahead = (self.wall)().saturating_sub(now);
        if ahead.saturating_sub(self.ahead) >= SUSPENDED {
            state.machine.handle_suspended(now);
        }
        self.ahead = ahead;
        state.machine.handle_timeout(now);
        shared.changed.notify_waiters();
    }
}
