//! How long the peer has been silent, and what is to be thought of it.

use super::Time;
use std::time::Duration;

/// What the judge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Well,
    /// It is to be asked, with one probe.
    Ask,
    Down,
}

pub(super) struct Silence {
    slack: Duration,
    last_octet: Time,
    /// The peer has been asked in this silence [PW-PRB-1].
    asked: bool,
    /// It has been given more time in this silence [PW-CLK-3].
    pardoned: bool,
    /// A deadline other than that of the last octet, from section 8.
    moved: Option<Time>,
}

impl Silence {
    pub fn new(slack: Duration, opened: Time) -> Self {
        Silence { slack, last_octet: opened, asked: false, pardoned: false, moved: None }
    }

    /// An octet of the peer arrived: whatever was thought before is over [PW-PRB-5].
    pub fn hear(&mut self, now: Time) {
        *self = Silence::new(self.slack, now);
    }

    pub fn is_suspect(&self) -> bool {
        self.asked
    }

    /// This side did not read for so long: that was no silence [PW-LIV-9].
    pub fn excuse(&mut self, pause: Duration) {
        self.last_octet += pause;
        self.moved = self.moved.map(|at| at + pause);
    }

    /// The machine was suspended: the peer is asked at once, and has slack from now on, if its
    /// deadline is not sooner [PW-CLK-5].
    pub fn suspended(&mut self, longest: Duration, now: Time) {
        self.asked = true;
        self.moved = Some(self.deadline(longest).min(now + self.slack));
    }

    /// `longest` is max(*E*, *P*) [PW-LIV-3].
    fn deadline(&self, longest: Duration) -> Time {
        self.moved.unwrap_or(self.last_octet + longest + self.slack)
    }

    pub fn timeout(&self, longest: Duration) -> Time {
        if self.asked {
            self.deadline(longest)
        } else {
            self.last_octet + longest + self.slack / 2 // [PW-PRB-1]
        }
    }

    pub fn judge(&mut self, longest: Duration, now: Time) -> Verdict {
        let deadline = self.deadline(longest);
        if now >= deadline {
            // So late a timer says more about this machine than about the peer; once only
            // [PW-CLK-3, PW-CLK-4].
            if now - deadline > self.slack && !self.pardoned {
                (self.asked, self.pardoned) = (true, true);
                self.moved = Some(now + self.slack);
                return Verdict::Ask;
            }
            return Verdict::Down;
        }
        if !self.asked && now >= self.timeout(longest) {
            self.asked = true;
            return Verdict::Ask;
        }
        Verdict::Well
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Ask, Down, Well};
    use super::*;

    const LONGEST: Duration = Duration::from_millis(5_000);

    fn at(ms: u64) -> Time {
        Duration::from_millis(ms)
    }

    fn silence() -> Silence {
        Silence::new(at(2_000), at(0))
    }

    #[test]
    fn asks_halfway_and_gives_up_at_the_deadline() {
        let mut silence = silence();
        for (now, verdict) in
            [(5_999, Well), (6_000, Ask), (6_001, Well), (6_999, Well), (7_000, Down)]
        {
            assert_eq!(silence.judge(LONGEST, at(now)), verdict, "at {now}");
        }
    }

    #[test]
    fn pardons_its_own_delay_once_in_a_silence() {
        let mut silence = silence();
        assert_eq!(silence.judge(LONGEST, at(9_001)), Ask);
        assert_eq!(silence.timeout(LONGEST), at(11_001));
        assert_eq!(silence.judge(LONGEST, at(20_000)), Down);
        silence.hear(at(20_000));
        assert_eq!(silence.judge(LONGEST, at(29_001)), Ask);
    }

    #[test]
    fn a_delay_of_slack_is_no_excuse() {
        assert_eq!(silence().judge(LONGEST, at(9_000)), Down);
    }

    #[test]
    fn moves_with_the_time_it_did_not_read() {
        let mut silence = silence();
        silence.excuse(at(10_000));
        assert_eq!(silence.judge(LONGEST, at(15_999)), Well);
        assert_eq!(silence.judge(LONGEST, at(16_000)), Ask);
        assert_eq!(silence.judge(LONGEST, at(17_000)), Down);
    }

    #[test]
    fn a_suspend_leaves_slack_and_never_moves_the_deadline_back() {
        let mut early = silence();
        early.suspended(LONGEST, at(1_000));
        assert_eq!(early.timeout(LONGEST), at(3_000));
        let mut late = silence();
        late.suspended(LONGEST, at(6_500));
        assert_eq!(late.timeout(LONGEST), at(7_000));
    }
}
