//! One side of one Pulsewire connection, as a state machine without I/O.
//!
//! It has no socket, no clock, no timer and no thread. Whoever drives it says what happened and
//! when (`handle_…`, and what the application wants), and then asks what is to be done:
//! [`Machine::poll_transmit`], [`Machine::poll_timeout`], [`Machine::take_message`] and
//! [`Machine::link_action`].

mod beats;
mod config;
mod due;
mod end;
mod heard;
mod inbox;
mod outbox;
mod pace;
mod quota;
mod round_trip;
mod sent;
mod silence;

pub use config::{Config, InvalidConfig};
pub use end::{End, LinkEnd};

use crate::wire::CloseCode;
use beats::{Beats, Occasion};
use bytes::Bytes;
use end::{close_frame, read_code};
use inbox::Inbox;
use outbox::Outbox;
use pace::Pace;
use quota::Quota;
use round_trip::RoundTrip;
use silence::Silence;
use std::{fmt, time::Duration};

/// A moment on a monotonic clock [PW-CLK-1]: the time since an origin of the caller's choice.
pub type Time = Duration;

/// Draws numbers from 0 up to 1, for the moments of heartbeats [PW-SND-5].
pub type Random = Box<dyn FnMut() -> f64 + Send>;

/// Why a message was not taken for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Too much waits already.
    Full,
    /// The connection is closing or has ended.
    Ended,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Full => "too much waits to be sent",
            SendError::Ended => "the connection has ended",
        })
    }
}

impl std::error::Error for SendError {}

/// What is to be done with the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAction {
    Keep,
    /// End one's own direction with this code, and read on until the peer's ends.
    Close(i32),
    /// Tear it down.
    Abort,
}

enum Phase {
    Open,
    /// The application has closed; what it sent before goes out first [PW-CLS-8].
    Closing {
        code: i32,
        reason: String,
    },
    Ended {
        end: End,
        last_words: Option<Vec<u8>>,
        aborted: bool,
    },
}

/// The time limit of the first frame [PW-LIM-4].
enum FirstFrame {
    Awaited,
    Begun(Time),
    Complete,
}

enum InFlight {
    Heartbeat(Occasion),
    Other,
}

/// See the [module](self).
pub struct Machine {
    config: Config,
    random: Random,
    phase: Phase,
    pace: Pace,
    beats: Beats,
    silence: Silence,
    quota: Quota,
    inbox: Inbox,
    outbox: Outbox,
    first_frame: FirstFrame,
    /// The frame that was given out and that the transport has not accepted in full.
    in_flight: Option<InFlight>,
    /// When the transport last accepted an octet, or the application closed.
    progress: Time,
    /// The driver does not read, for a reason of its own.
    held: bool,
    /// Since when nothing is read, for whatever reason.
    unread_since: Option<Time>,
    /// Up to when a delay of this process has been excused.
    delay_excused: Time,
    /// The peer has named a lowest version that is ours [PW-VER-6].
    reaches_down: bool,
    round_trip: RoundTrip,
}

impl Machine {
    /// The connection is open. A configuration that the protocol forbids is refused.
    pub fn open(config: Config, random: Random, now: Time) -> Result<Self, InvalidConfig> {
        config.validate()?;
        let mut machine = Machine {
            pace: Pace::new(&config),
            beats: Beats::default(),
            silence: Silence::new(Duration::from_millis(config.slack_ms), now),
            quota: Quota::new(now),
            inbox: Inbox::new(&config),
            outbox: Outbox::default(),
            phase: Phase::Open,
            first_frame: FirstFrame::Awaited,
            in_flight: None,
            progress: now,
            held: false,
            unread_since: None,
            delay_excused: now,
            reaches_down: false,
            round_trip: RoundTrip::default(),
            random,
            config,
        };
        if machine.pace.own().is_some() {
            machine.beats.beat(now); // [PW-SND-1]
        }
        Ok(machine)
    }

    /// Sends one message.
    pub fn send(&mut self, message: impl Into<Bytes>) -> Result<(), SendError> {
        if !matches!(self.phase, Phase::Open) {
            return Err(SendError::Ended);
        }
        if self.outbox.unsent() >= self.config.max_unsent_bytes {
            return Err(SendError::Full);
        }
        self.outbox.push(message.into());
        Ok(())
    }

    /// Takes the next message that arrived, also after the end.
    pub fn take_message(&mut self, now: Time) -> Option<Vec<u8>> {
        let message = self.inbox.take();
        self.note_reading(now);
        message
    }

    /// Asks the peer for a sign of life, which also measures the round trip.
    pub fn probe(&mut self, now: Time) {
        if !self.has_ended() {
            self.beats.probe(now);
        }
    }

    /// Closes, when what was sent before has gone out. A reason is cut to 512 octets.
    pub fn close(&mut self, code: i32, reason: &str, now: Time) {
        if matches!(self.phase, Phase::Open) {
            let code = read_code(code);
            self.phase = Phase::Closing { code, reason: reason.to_owned() };
            self.progress = now;
            self.note_reading(now);
        }
    }

    /// What is to be done with the transport, beside the frames to transmit.
    pub fn link_action(&self) -> LinkAction {
        match &self.phase {
            Phase::Ended { aborted: true, .. } => LinkAction::Abort,
            Phase::Ended { end, last_words: None, .. } if self.in_flight.is_none() => {
                LinkAction::Close(end.code())
            }
            _ => LinkAction::Keep,
        }
    }

    /// Whether the transport is to be read; not while the application leaves too much unread
    /// [PW-LIM-5].
    pub fn reads(&self) -> bool {
        // Once it is closing nothing more is delivered, and only the end is waited for.
        !self.held && (!matches!(self.phase, Phase::Open) || !self.inbox.is_full())
    }

    /// The driver stops reading from the transport, or reads again. What the machine itself does
    /// about messages that are not taken is not to be told.
    pub fn hold(&mut self, held: bool, now: Time) {
        self.held = held;
        self.note_reading(now);
    }

    /// Why the connection has ended, if it has.
    pub fn end(&self) -> Option<&End> {
        match &self.phase {
            Phase::Ended { end, .. } => Some(end),
            _ => None,
        }
    }

    /// This side's heartbeat-time on this connection; none while it is passive.
    pub fn heartbeat_time_ms(&self) -> Option<u32> {
        self.pace.own_ms()
    }

    /// The last heartbeat-time that the peer promised.
    pub fn promise_ms(&self) -> Option<u32> {
        self.pace.promise_ms()
    }

    /// Whether the peer has been silent for so long that it was asked.
    pub fn is_suspect(&self) -> bool {
        self.silence.is_suspect()
    }

    /// The last round trip that was measured.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip.last()
    }

    fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended { .. })
    }

    fn slack(&self) -> Duration {
        Duration::from_millis(self.config.slack_ms)
    }

    /// Takes notice of whether the transport is read, after anything that can change it.
    fn note_reading(&mut self, now: Time) {
        match (self.reads(), self.unread_since) {
            (false, None) => self.unread_since = Some(now),
            (true, Some(since)) => {
                self.unread_since = None;
                self.silence.excuse(now.saturating_sub(since)); // [PW-LIV-9]
                self.quota.excuse(now.saturating_sub(since)); // [PW-LIM-3]
            }
            _ => {}
        }
    }

    fn refuse(&mut self, code: CloseCode, now: Time) {
        let close = close_frame(code.into(), "");
        self.finish(End::Refused { code }, Some(close), now);
    }

    fn abort(&mut self, end: End, now: Time) {
        self.finish(end, None, now);
        if let Phase::Ended { aborted, .. } = &mut self.phase {
            *aborted = true;
        }
    }

    fn finish(&mut self, end: End, last_words: Option<Vec<u8>>, now: Time) {
        if last_words.is_none() {
            // This side has nothing more to say, not even the rest of a frame [PW-CLS-3].
            self.in_flight = None;
        }
        self.phase = Phase::Ended { end, last_words, aborted: false };
        self.progress = now;
        self.outbox.clear();
        self.inbox.forget_unfinished();
        self.note_reading(now);
    }
}
