//! Your implementation: what the suite is to judge.

use serde_json::{json, Value};
use std::sync::Arc;

/// Claim what you have, and nothing else: what is not claimed is neither tested nor failed.
pub fn hello() -> Value {
    json!({
        "contract": 1,
        "name": "my-peer",
        "version": env!("CARGO_PKG_VERSION"),
        "language": "Rust",
        "transports": ["tcp"], // of "tcp", "ws", "grpc"
        "roles": ["dial", "listen"],
        "features": [], // of "always_beat", "optional_peers", "stall", "suspend", "gateway"
    })
}

/// Why something was not done, with a word for whoever reads the report.
pub enum Refusal {
    Unsupported(String),
    /// A configuration that the protocol forbids: before anything is dialled or listened on.
    #[allow(dead_code)] // Yours to use.
    Invalid(String),
    Failed(String),
}

/// One connection of your implementation. Its methods do not wait for the network.
pub trait Connection: Send + Sync {
    /// Sends one message; an error once the connection has ended.
    fn send(&self, message: &[u8]) -> Result<(), Refusal>;
    /// Delivers messages from now on; they wait until then if `config["read"]` is "paused".
    fn read(&self);
    /// Closes with this code and reason; does nothing if the connection has ended.
    fn close(&self, code: u32, reason: &str);
}

/// To be called with each whole message.
pub type Received = Arc<dyn Fn(&dyn Connection, &[u8]) + Send + Sync>;
/// To be called with each connection that a listener accepts, before any message of it.
pub type Accepted = Arc<dyn Fn(Arc<dyn Connection>) + Send + Sync>;
/// Frees the port of a listener and lets go of all its connections.
pub type Stop = Box<dyn FnOnce() + Send>;

/// Connects, and returns when the connection can be used.
#[allow(unused_variables)]
pub fn dial(
    transport: &str,
    host: &str,
    port: u16,
    config: &Value,
    received: Received,
) -> Result<Arc<dyn Connection>, Refusal> {
    Err(Refusal::Failed("not implemented".into()))
}

/// Listens on a free port of 127.0.0.1, which it returns.
#[allow(unused_variables)]
pub fn listen(
    transport: &str,
    config: &Value,
    accepted: Accepted,
    received: Received,
) -> Result<(u16, Stop), Refusal> {
    Err(Refusal::Failed("not implemented".into()))
}
