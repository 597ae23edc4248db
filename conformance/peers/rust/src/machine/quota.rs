//! How many heartbeats a peer may send: a bucket of tokens [PW-LIM-3].

use super::Time;
use std::time::Duration;

const AT_ONCE: f64 = 600.0;
const PER_SECOND: f64 = 40.0;

pub(super) struct Quota {
    tokens: f64,
    filled_at: Time,
}

impl Quota {
    pub fn new(opened: Time) -> Self {
        Quota { tokens: AT_ONCE, filled_at: opened }
    }

    /// This side did not read for so long, so what it finds came over that time, not at once.
    pub fn excuse(&mut self, pause: Duration) {
        self.tokens += PER_SECOND * pause.as_secs_f64();
    }

    /// Takes one heartbeat; false if the peer sends too many.
    pub fn take(&mut self, now: Time) -> bool {
        let filled = self.tokens + PER_SECOND * now.saturating_sub(self.filled_at).as_secs_f64();
        // What was excused may stand above the brim, and stays there until it is used.
        self.tokens = filled.min(AT_ONCE).max(self.tokens);
        self.filled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(quota: &mut Quota, now: Time) -> usize {
        (0..10_000).take_while(|_| quota.take(now)).count()
    }

    #[test]
    fn six_hundred_at_once_and_forty_a_second() {
        let mut quota = Quota::new(Duration::ZERO);
        assert_eq!(taken(&mut quota, Duration::from_secs(9)), 600);
        assert_eq!(taken(&mut quota, Duration::from_secs(10)), 40);
        assert_eq!(taken(&mut quota, Duration::from_secs(100)), 600);
    }

    #[test]
    fn a_pause_adds_above_the_brim() {
        let mut quota = Quota::new(Duration::ZERO);
        quota.excuse(Duration::from_secs(2));
        assert_eq!(taken(&mut quota, Duration::from_secs(2)), 680);
    }
}
