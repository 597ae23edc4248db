//! The heartbeat-times of one connection: one's own, and the one that the peer promised.

use super::config::{CEILING_MS, Config};
use std::time::Duration;

/// *E* and *P* of the protocol, in milliseconds.
pub(super) struct Pace {
    own: Option<u32>,
    promise: Option<u32>,
    floor: u32,
}

impl Pace {
    pub fn new(config: &Config) -> Self {
        let own = config.heartbeat_time_ms;
        // With a floor that is no greater than E, adoption cannot raise E [PW-ADP-4, PW-ADP-6].
        let floor = own.map_or(config.floor_ms, |own| config.floor_ms.min(own));
        Pace { own, promise: None, floor }
    }

    /// Takes in the heartbeat-time of a heartbeat; true if this side's own has changed by it.
    pub fn hear(&mut self, time: Option<u32>) -> bool {
        // 0 is none [PW-HBT-3]; none changes nothing, and takes no promise back [PW-ADP-3].
        let Some(time) = time.filter(|&time| time > 0) else {
            return false;
        };
        let time = time.min(CEILING_MS); // [PW-HBT-3]
        self.promise = Some(time);
        let before = self.own;
        if before.is_none_or(|own| time < own) {
            self.own = Some(time.max(self.floor)); // [PW-ADP-2]
        }
        self.own != before
    }

    pub fn own_ms(&self) -> Option<u32> {
        self.own
    }

    pub fn own(&self) -> Option<Duration> {
        self.own.map(millis)
    }

    pub fn promise_ms(&self) -> Option<u32> {
        self.promise
    }

    /// max(*E*, *P*), or the one that is defined.
    pub fn longest(&self) -> Option<Duration> {
        self.own.max(self.promise).map(millis)
    }
}

fn millis(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(own: Option<u32>, floor: u32) -> Pace {
        Pace::new(&Config { heartbeat_time_ms: own, floor_ms: floor, ..Config::default() })
    }

    #[test]
    fn adopts_as_the_table_says() {
        for (own, heard, becomes) in [
            (None, None, None),
            (None, Some(0), None),
            (None, Some(5_000), Some(5_000)),
            (None, Some(1), Some(1_000)),
            (None, Some(u32::MAX), Some(CEILING_MS)),
            (Some(5_000), None, Some(5_000)),
            (Some(5_000), Some(0), Some(5_000)),
            (Some(5_000), Some(5_000), Some(5_000)),
            (Some(5_000), Some(60_000), Some(5_000)),
            (Some(5_000), Some(2_000), Some(2_000)),
            (Some(5_000), Some(1), Some(1_000)),
            (Some(200), Some(1), Some(200)), // the floor is never above one's own value
        ] {
            let mut pace = pace(own, 1_000);
            assert_eq!(pace.hear(heard), becomes != own, "{own:?} hears {heard:?}");
            assert_eq!(pace.own_ms(), becomes, "{own:?} hears {heard:?}");
        }
    }

    #[test]
    fn keeps_the_last_promise() {
        let mut pace = pace(Some(1_000), 100);
        assert_eq!(pace.longest(), Some(Duration::from_millis(1_000)));
        pace.hear(Some(60_000));
        pace.hear(None);
        pace.hear(Some(0));
        assert_eq!(pace.longest(), Some(Duration::from_millis(60_000)));
        pace.hear(Some(2_000));
        assert_eq!(pace.longest(), Some(Duration::from_millis(2_000)));
    }
}
