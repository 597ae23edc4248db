//! What the keys of `open` mean.

use crate::Refusal;
use pulsewire::{link::Transport, machine::Config};
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};

pub const FEATURES: &[&str] =
    &["always_beat", "optional_peers", "stall", "suspend", "gateway", "legacy", "collect"];

/// What the application does with each message that it receives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    Echo,
    Length,
}

/// How every connection of one `open` behaves.
#[derive(Clone)]
pub struct Options {
    pub transport: Transport,
    pub config: Config,
    pub reply: Reply,
    /// The application takes no message until it is told to.
    pub paused: bool,
    /// What the application sends for ever.
    pub stream: Option<Value>,
    /// The application takes the messages; in a gateway the other connection does.
    pub takes_messages: bool,
    /// The connection is a peer from before heartbeats.
    pub legacy: bool,
}

/// Where to dial, and how the connection is to behave.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    pub options: Options,
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn unsupported<T>(what: &str, value: impl std::fmt::Display) -> Result<T, Refusal> {
    Err(Refusal::Unsupported(format!("no {what} {value}")))
}

impl Target {
    pub fn parse(command: &Value) -> Result<Self, Refusal> {
        let options = Options::parse(command)?;
        let address = &command["address"];
        let ip = text(address, "host").parse::<IpAddr>().ok();
        let port = address["port"].as_u64().and_then(|port| port.try_into().ok());
        match (ip, port) {
            (Some(ip), Some(port)) => Ok(Target { address: SocketAddr::new(ip, port), options }),
            _ => Err(Refusal::Failed(format!("{address} is no address"))),
        }
    }
}

impl Options {
    /// Whoever says yes to what it does not know claims more than it has.
    pub fn parse(command: &Value) -> Result<Self, Refusal> {
        let transport = match text(command, "transport") {
            "tcp" => Transport::Tcp,
            "ws" => Transport::Ws,
            "grpc" => Transport::Grpc,
            other => return unsupported("transport", other),
        };
        let mut options = Options {
            transport,
            config: Config::default(),
            reply: Reply::Nothing,
            paused: false,
            stream: None,
            takes_messages: command.get("forward").is_none(),
            legacy: false,
        };
        for (key, value) in command["config"].as_object().into_iter().flatten() {
            options.set(key, value)?;
        }
        if options.legacy {
            // It knows neither heartbeats nor deadlines.
            options.config.heartbeat_time_ms = None;
            options.config.first_frame_timeout_ms = u32::MAX.into();
        }
        options.config.validate().map_err(|error| Refusal::Invalid(error.to_string()))?;
        Ok(options)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        let config = &mut self.config;
        match key {
            "heartbeat_time_ms" => config.heartbeat_time_ms = Some(number(key, value)?),
            "slack_ms" => config.slack_ms = number(key, value)?,
            "floor_ms" => config.floor_ms = number(key, value)?,
            "max_frame_bytes" => config.max_frame_bytes = number(key, value)?,
            "max_message_bytes" => config.max_message_bytes = number(key, value)?,
            "max_unread_bytes" => config.max_unread_bytes = number(key, value)?,
            "first_frame_timeout_ms" => config.first_frame_timeout_ms = number(key, value)?,
            "always_beat" => config.always_beat = value == true,
            "legacy" => self.legacy = value == true,
            "stream" => self.stream = Some(value.clone()),
            "peer_heartbeats" => match value.as_str() {
                Some("required") => config.peer_need_not_beat = false,
                Some("optional") => config.peer_need_not_beat = true,
                _ => return unsupported(key, value),
            },
            "reply" => match value.as_str() {
                Some("echo") => self.reply = Reply::Echo,
                Some("length") => self.reply = Reply::Length,
                _ => return unsupported(key, value),
            },
            "read" => match value.as_str() {
                Some("paused") => self.paused = true,
                _ => return unsupported(key, value),
            },
            _ => return unsupported("option", key),
        }
        Ok(())
    }
}

/// A number that fits; one that does not, such as a negative slack, is a configuration that
/// nobody could use.
fn number<T: TryFrom<i64>>(key: &str, value: &Value) -> Result<T, Refusal> {
    let number = value.as_i64().and_then(|number| number.try_into().ok());
    number.ok_or_else(|| Refusal::Invalid(format!("{key} cannot be {value}")))
}
