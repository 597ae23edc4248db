//! What the transport brings from the peer.

use super::{
    End, FirstFrame, LinkEnd, Machine, Phase, Time, end::read_code, inbox::TooLarge,
    round_trip::Echo,
};
use crate::wire::{self, Body, CloseCode, Frame, Heartbeat, VERSION};

impl Machine {
    /// A whole frame arrived, without its delimiter.
    pub fn handle_frame(&mut self, octets: &[u8], now: Time) {
        if self.has_ended() {
            return; // [PW-CLS-9]
        }
        self.excuse_delay(now);
        self.silence.hear(now); // [PW-LIV-1]
        self.first_frame = FirstFrame::Complete;
        if octets.len() > self.config.max_frame_bytes {
            return self.refuse(CloseCode::FrameTooLarge, now); // [PW-LIM-1]
        }
        match wire::decode(octets) {
            Err(wire::Malformed) => self.refuse(CloseCode::ProtocolError, now), // [PW-FRM-3]
            Ok(frame) => self.handle_decoded(frame, now),
        }
    }

    /// Octets arrived that complete no frame: life all the same [PW-LIV-1].
    pub fn handle_octets(&mut self, now: Time) {
        if self.has_ended() {
            return;
        }
        self.silence.hear(now);
        if let FirstFrame::Awaited = self.first_frame {
            self.first_frame = FirstFrame::Begun(now);
        }
    }

    /// The peer broke a rule of the binding, which is answered with this Close.
    pub fn handle_violation(&mut self, code: CloseCode, now: Time) {
        if !self.has_ended() {
            self.refuse(code, now);
        }
    }

    /// The peer's direction of the transport ended, or all of it.
    pub fn handle_link_end(&mut self, how: LinkEnd, now: Time) {
        if self.has_ended() {
            return;
        }
        let end = match how {
            LinkEnd::Closed => End::PeerClosed, // [PW-CLS-4]
            LinkEnd::Code(code) => {
                End::ClosedByPeer { code: code.into(), reason: String::new(), retry_after_ms: None }
            }
            LinkEnd::Failed => End::TransportFailed,
        };
        self.finish(end, None, now);
    }

    fn handle_decoded(&mut self, frame: Frame, now: Time) {
        if let Some(Body::Heartbeat(heartbeat)) = &frame.body {
            // 0 is read as absent, and we speak nothing lower than 1 [PW-VER-2, PW-VER-6].
            self.reaches_down |= heartbeat.lowest_version == Some(VERSION);
        }
        let is_close = matches!(frame.body, Some(Body::Close(_)));
        if frame.version > VERSION && !self.reaches_down && !is_close {
            return self.refuse(CloseCode::UnsupportedVersion, now); // [PW-VER-5]
        }
        match frame.body {
            Some(Body::Heartbeat(heartbeat)) => self.handle_heartbeat(heartbeat, now),
            Some(Body::Data(part)) => self.handle_part(part, frame.more, now),
            Some(Body::Close(close)) => {
                let end = End::ClosedByPeer {
                    code: read_code(close.code),
                    reason: close.reason,
                    retry_after_ms: close.retry_after_ms,
                };
                self.finish(end, None, now); // [PW-CLS-3]
            }
            None => {} // [PW-FRM-4]
        }
    }

    fn handle_heartbeat(&mut self, heartbeat: Heartbeat, now: Time) {
        if !self.quota.take(now) {
            return self.refuse(CloseCode::TooManyHeartbeats, now); // [PW-LIM-3]
        }
        let changed = self.pace.hear(heartbeat.heartbeat_time_ms);
        if let (Some(timestamp), Some(held_us)) = (heartbeat.echo, heartbeat.held_us) {
            let most = self.pace.longest().map(|longest| longest + self.slack());
            self.round_trip.measure(Echo { timestamp, held_us }, most, now);
        }
        if let Some(timestamp) = heartbeat.timestamp {
            self.round_trip.hear(timestamp, now);
        }
        if changed {
            self.beats.beat(now); // [PW-SND-2]
        }
        if heartbeat.reply_requested {
            self.beats.answer(now); // [PW-PRB-2]
        }
    }

    fn handle_part(&mut self, part: Vec<u8>, more: bool, now: Time) {
        if !matches!(self.phase, Phase::Open) {
            return; // the application has closed and takes nothing any more
        }
        match self.inbox.part(part, more) {
            Ok(()) => self.note_reading(now),
            Err(TooLarge) => self.refuse(CloseCode::MessageTooLarge, now), // [PW-LIM-2]
        }
    }
}
