//! What is due, and when.

use super::{End, FirstFrame, Machine, Phase, Time, end::close_frame, silence::Verdict};
use crate::wire::CloseCode;
use std::time::Duration;

/// A delay of this process that is worth being excused.
const NOTICEABLE: Duration = Duration::from_secs(1);

impl Machine {
    /// When [`Self::handle_timeout`] is to be called, as far as is known now.
    pub fn poll_timeout(&self) -> Option<Time> {
        if let Phase::Ended { aborted, .. } = self.phase {
            let at = self.progress + Duration::from_millis(self.config.close_timeout_ms);
            return (!aborted).then_some(at);
        }
        let silence = self.judges().map(|longest| self.silence.timeout(longest));
        [
            self.beats.timeout(),
            silence,
            self.first_frame_timeout(),
            self.blocked_timeout(),
            self.close_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// It is time, as [`Self::poll_timeout`] said. Before this is called, everything that the
    /// transport holds has to be read and written once [PW-CLK-2, PW-OUT-3].
    pub fn handle_timeout(&mut self, now: Time) {
        if let Phase::Ended { aborted, .. } = &mut self.phase {
            *aborted |= now >= self.progress + Duration::from_millis(self.config.close_timeout_ms);
            return;
        }
        self.excuse_delay(now);
        if self.close_timeout().is_some_and(|at| at <= now) {
            let Phase::Closing { code, .. } = self.phase else {
                return;
            };
            return self.abort(End::Closed { code }, now); // [PW-CLS-8]
        }
        if self.blocked_timeout().is_some_and(|at| at <= now) {
            return self.abort(End::OutboundBlocked, now); // [PW-OUT-1]
        }
        if self.first_frame_timeout().is_some_and(|at| at <= now) {
            return self.refuse(CloseCode::FirstFrameTimeout, now);
        }
        if let Some(longest) = self.judges() {
            match self.silence.judge(longest, now) {
                Verdict::Well => {}
                Verdict::Ask => self.beats.probe(now), // [PW-PRB-1]
                Verdict::Down => {
                    let close = close_frame(CloseCode::HeartbeatTimeout.into(), "");
                    return self.finish(End::PeerSilent, Some(close), now); // [PW-LIV-6]
                }
            }
        }
        self.beats.handle_timeout(now);
    }

    /// The machine on which this runs was suspended [PW-CLK-5].
    pub fn handle_suspended(&mut self, now: Time) {
        if self.has_ended() {
            return;
        }
        // A side that expects nothing has nobody to ask [PW-SND-9].
        if let Some(longest) = self.judges() {
            self.silence.suspended(longest, now);
            self.beats.probe(now);
        }
    }

    /// max(*E*, *P*), if the peer's silence counts at all now.
    fn judges(&self) -> Option<Duration> {
        self.pace.own()?; // [PW-LIV-10]
        let need_not = self.config.peer_need_not_beat && self.pace.promise_ms().is_none();
        // [PW-LIV-8], and [PW-LIV-9]: what is not read cannot be heard.
        if need_not || self.unread_since.is_some() { None } else { self.pace.longest() }
    }

    fn first_frame_timeout(&self) -> Option<Time> {
        match self.first_frame {
            FirstFrame::Begun(at) => {
                Some(at + Duration::from_millis(self.config.first_frame_timeout_ms))
            }
            _ => None,
        }
    }

    fn blocked_timeout(&self) -> Option<Time> {
        let longest = self.pace.longest()?;
        Some(self.beats.waiting_since()?.max(self.progress) + longest + self.slack())
    }

    /// When a peer that takes nothing of what goes out before Close is given up [PW-CLS-8].
    fn close_timeout(&self) -> Option<Time> {
        matches!(self.phase, Phase::Closing { .. })
            .then(|| self.progress + Duration::from_millis(self.config.close_timeout_ms))
    }

    /// A timer that is overdue shows that this process stood still, and so did not read [PW-LIM-3].
    pub(super) fn excuse_delay(&mut self, now: Time) {
        if let Some(due) = self.poll_timeout() {
            let since = due.max(self.delay_excused);
            if now > since + NOTICEABLE {
                self.quota.excuse(now - since);
                self.delay_excused = now;
            }
        }
    }
}
