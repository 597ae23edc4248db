//! Round trips without requests: the age of one's own timestamp, less the time the peer held it.

use super::Time;
use std::time::Duration;

/// A timestamp that goes back to the peer, and for how many microseconds it was held.
pub(super) struct Echo {
    pub timestamp: u32,
    pub held_us: u32,
}

#[derive(Default)]
pub(super) struct RoundTrip {
    /// The peer's last timestamp, and when it was heard.
    heard: Option<(u32, Time)>,
    last: Option<Duration>,
}

impl RoundTrip {
    pub fn hear(&mut self, timestamp: u32, now: Time) {
        self.heard = Some((timestamp, now));
    }

    /// What to echo [PW-RTT-2]; nothing that was held for longer than the field can say.
    pub fn echo(&self, now: Time) -> Option<Echo> {
        let (timestamp, heard_at) = self.heard?;
        let held_us = u32::try_from(now.saturating_sub(heard_at).as_micros()).ok()?;
        Some(Echo { timestamp, held_us })
    }

    /// Takes in what the peer echoes; `most` is the longest that makes sense [PW-RTT-3].
    pub fn measure(&mut self, echo: Echo, most: Option<Duration>, now: Time) {
        // The clock wraps: a time in its upper half is a negative one.
        let micros = timestamp(now).wrapping_sub(echo.timestamp).wrapping_sub(echo.held_us);
        if micros > i32::MAX.unsigned_abs() {
            return;
        }
        let trip = Duration::from_micros(micros.into());
        if most.is_none_or(|most| trip <= most) {
            self.last = Some(trip);
        }
    }

    pub fn last(&self) -> Option<Duration> {
        self.last
    }
}

/// This side's own clock, in microseconds that wrap [PW-RTT-1].
pub(super) fn timestamp(now: Time) -> u32 {
    now.as_micros() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Option<Duration> = Some(Duration::from_secs(7));

    fn measured(sent_at: Time, held_us: u32, now: Time) -> Option<Duration> {
        let mut trip = RoundTrip::default();
        trip.measure(Echo { timestamp: timestamp(sent_at), held_us }, MOST, now);
        trip.last()
    }

    #[test]
    fn is_the_age_less_what_was_held() {
        let second = Duration::from_secs(1);
        assert_eq!(measured(second, 900_000, second * 2), Some(Duration::from_millis(100)));
        // across the wrap of the clock
        let wrap = Duration::from_micros(u64::from(u32::MAX));
        assert_eq!(measured(wrap - second, 0, wrap + second), Some(second * 2));
    }

    #[test]
    fn leaves_out_what_makes_no_sense() {
        let second = Duration::from_secs(1);
        assert_eq!(measured(second, 1_000_001, second * 2), None, "negative");
        assert_eq!(measured(second, 0, second * 9), None, "too long");
    }

    #[test]
    fn does_not_echo_what_was_held_too_long_to_say() {
        let mut trip = RoundTrip::default();
        trip.hear(5, Duration::ZERO);
        let most = Duration::from_micros(u32::MAX.into());
        assert!(trip.echo(most).is_some_and(|echo| echo.held_us == u32::MAX));
        assert!(trip.echo(most + Duration::from_micros(1)).is_none());
    }
}
