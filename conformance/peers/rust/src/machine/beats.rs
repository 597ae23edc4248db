//! Which heartbeat this side owes, and when: the opening, the announcement, the regular beat,
//! the answer and the probe are one frame with different occasions.

use super::Time;
use std::time::Duration;

/// Answers to probes are at least this far apart [PW-PRB-3].
const ANSWERS_APART: Duration = Duration::from_millis(100);

/// What a heartbeat is sent for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Beat,
    Answer,
    Probe,
}

#[derive(Default)]
pub(super) struct Beats {
    /// When the next regular beat is due.
    next: Option<Time>,
    /// When the answer is due that had to keep its distance from the one before.
    answer_at: Option<Time>,
    last_answer: Option<Time>,
    /// What waits for the transport.
    beat: bool,
    answer: bool,
    probe: bool,
    /// Since when a heartbeat waits that the transport has not accepted.
    waiting_since: Option<Time>,
}

impl Beats {
    /// Owes a heartbeat at once: the opening or an announcement.
    pub fn beat(&mut self, now: Time) {
        self.beat = true;
        self.next = None;
        self.wait(now);
    }

    pub fn probe(&mut self, now: Time) {
        self.probe = true;
        self.wait(now);
    }

    /// Owes an answer, at once or when the distance to the last one is kept [PW-PRB-2, PW-PRB-3].
    pub fn answer(&mut self, now: Time) {
        match self.last_answer.map(|last| last + ANSWERS_APART) {
            Some(at) if at > now => self.answer_at = Some(at),
            _ => self.answer_now(now),
        }
    }

    fn answer_now(&mut self, now: Time) {
        self.answer_at = None;
        self.answer = true;
        self.wait(now);
    }

    fn wait(&mut self, now: Time) {
        self.waiting_since.get_or_insert(now);
    }

    pub fn waiting_since(&self) -> Option<Time> {
        self.waiting_since
    }

    pub fn timeout(&self) -> Option<Time> {
        [self.next, self.answer_at].into_iter().flatten().min()
    }

    pub fn handle_timeout(&mut self, now: Time) {
        if self.next.is_some_and(|at| at <= now) {
            self.beat(now);
        }
        if self.answer_at.is_some_and(|at| at <= now) {
            self.answer_now(now);
        }
    }

    /// Takes out the heartbeat that is to be sent now.
    pub fn take(&mut self, now: Time) -> Option<Occasion> {
        if self.answer {
            // It asks nothing back [PW-PRB-4], so a probe that waits is a heartbeat of its own.
            (self.answer, self.beat) = (false, false);
            self.last_answer = Some(now);
            Some(Occasion::Answer)
        } else if self.probe {
            (self.probe, self.beat) = (false, false);
            Some(Occasion::Probe)
        } else if self.beat {
            self.beat = false;
            Some(Occasion::Beat)
        } else {
            None
        }
    }

    /// The transport has accepted that heartbeat.
    pub fn accepted(&mut self, occasion: Occasion, now: Time) {
        if occasion == Occasion::Answer {
            // The distance counts from here, however long the answer waited in between.
            self.last_answer = Some(now);
            if self.answer || self.answer_at.is_some() {
                self.answer = false;
                self.answer_at = Some(now + ANSWERS_APART);
            }
        }
        self.waiting_since = (self.beat || self.answer || self.probe).then_some(now);
    }

    /// The next beat is due then, unless one waits already [PW-SND-8].
    pub fn schedule(&mut self, at: Time) {
        if !self.beat {
            self.next = Some(at);
        }
    }
}
