//! How a side behaves on its connections, and what the protocol does not allow.

use std::fmt;

/// The longest heartbeat-time there is: one hour [PW-HBT-2].
pub(super) const CEILING_MS: u32 = 3_600_000;
/// The shortest heartbeat-time that may be configured or adopted [PW-HBT-4, PW-ADP-4].
const LEAST_MS: u32 = 100;

/// The configuration of one side. The default is the protocol's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How often this side promises to say something; without one it is passive [PW-ADP-1].
    pub heartbeat_time_ms: Option<u32>,
    /// The extra silence that is tolerated [PW-LIV-7].
    pub slack_ms: u64,
    /// The smallest heartbeat-time that a peer can make this side adopt [PW-ADP-4].
    pub floor_ms: u32,
    /// Send heartbeats also while data takes their place [PW-SND-6].
    pub always_beat: bool,
    /// The peer need not beat: its deadline counts from its first heartbeat-time [PW-LIV-8].
    pub peer_need_not_beat: bool,
    /// The longest frame that is taken [PW-LIM-1].
    pub max_frame_bytes: usize,
    /// The longest message that is taken [PW-LIM-2].
    pub max_message_bytes: usize,
    /// How much the application may leave unread before reading pauses [PW-LIM-5].
    pub max_unread_bytes: usize,
    /// How much the application may have waiting to be sent.
    pub max_unsent_bytes: usize,
    /// How long the first frame may take from its first octet on [PW-LIM-4].
    pub first_frame_timeout_ms: u64,
    /// How long the end of the transport is waited for [PW-CLS-8].
    pub close_timeout_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            heartbeat_time_ms: None,
            slack_ms: 2_000,
            floor_ms: 1_000,
            always_beat: false,
            peer_need_not_beat: false,
            max_frame_bytes: 1_048_576,
            max_message_bytes: 16_777_216,
            max_unread_bytes: 16_777_216,
            max_unsent_bytes: 16_777_216,
            first_frame_timeout_ms: 10_000,
            close_timeout_ms: 2_000,
        }
    }
}

impl Config {
    /// Refuses what the protocol forbids.
    pub fn validate(&self) -> Result<(), InvalidConfig> {
        let lawful = LEAST_MS..=CEILING_MS;
        if self.heartbeat_time_ms.is_some_and(|time| !lawful.contains(&time)) {
            return Err(InvalidConfig("heartbeat_time_ms")); // [PW-HBT-4]
        }
        if !lawful.contains(&self.floor_ms) {
            return Err(InvalidConfig("floor_ms")); // [PW-ADP-4]
        }
        Ok(())
    }
}

/// The name of a value that the protocol forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidConfig(pub &'static str);

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} must be from {LEAST_MS} to {CEILING_MS}", self.0)
    }
}

impl std::error::Error for InvalidConfig {}
