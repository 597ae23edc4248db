//! What goes out to the peer, and what becomes of it.

use super::{End, InFlight, Machine, Phase, Time, beats::Occasion, end::close_frame, round_trip};
use crate::wire::{self, Body, Heartbeat};

impl Machine {
    /// The next frame for the transport, without delimiter; none while it has not accepted the
    /// last one. Each is to be followed by [`Self::handle_transmitted`].
    pub fn poll_transmit(&mut self, now: Time) -> Option<Vec<u8>> {
        if self.in_flight.is_some() {
            return None;
        }
        if let Phase::Ended { last_words, .. } = &mut self.phase {
            let close = last_words.take()?;
            self.in_flight = Some(InFlight::Other);
            return Some(close);
        }
        // A heartbeat overtakes data that waits [PW-SND-1, PW-SND-8].
        if let Some(occasion) = self.beats.take(now) {
            self.in_flight = Some(InFlight::Heartbeat(occasion));
            let heartbeat = self.heartbeat(occasion == Occasion::Probe, now);
            return Some(wire::encode(Body::Heartbeat(heartbeat), false));
        }
        if let Some((part, more)) = self.outbox.next_part() {
            self.in_flight = Some(InFlight::Other);
            return Some(wire::encode(Body::Data(part.into()), more));
        }
        if let Phase::Closing { code, reason } = &self.phase {
            let (code, close) = (*code, close_frame(*code, reason));
            self.finish(End::Closed { code }, None, now); // [PW-CLS-2]
            self.in_flight = Some(InFlight::Other);
            return Some(close);
        }
        None
    }

    /// The transport accepted some octets, but not yet the whole frame [PW-OUT-2].
    pub fn handle_accepted(&mut self, now: Time) {
        self.progress = now;
    }

    /// The transport accepted the frame that [`Self::poll_transmit`] gave out.
    pub fn handle_transmitted(&mut self, now: Time) {
        self.progress = now;
        let heartbeat = match self.in_flight.take() {
            Some(InFlight::Heartbeat(occasion)) => {
                self.beats.accepted(occasion, now);
                true
            }
            _ => false,
        };
        if let Some(own) = self.pace.own()
            && (heartbeat || !self.config.always_beat)
        {
            // From 0.75 E on, drawn anew [PW-SND-5]; the end is left free so that a timer that
            // fires a little late still keeps E [PW-SND-3].
            self.beats.schedule(now + own.mul_f64(0.75 + 0.2 * (self.random)()));
        }
    }

    fn heartbeat(&self, probe: bool, now: Time) -> Heartbeat {
        let echo = self.round_trip.echo(now);
        Heartbeat {
            heartbeat_time_ms: self.pace.own_ms(), // [PW-HBT-1]
            reply_requested: probe,
            timestamp: Some(round_trip::timestamp(now)), // [PW-RTT-4]
            echo: echo.as_ref().map(|echo| echo.timestamp),
            held_us: echo.as_ref().map(|echo| echo.held_us),
            lowest_version: None,
        }
    }
}
