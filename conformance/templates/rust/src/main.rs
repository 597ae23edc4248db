//! A Pulsewire testee: your implementation (peer.rs) behind the control contract of the suite,
//! which is all of this file. One JSON object a line comes in on standard input, and one a line
//! goes out on standard output. Logs belong on standard error.

mod peer;

use peer::{Connection, Received, Refusal, Stop};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::io::{stdin, stdout, BufRead, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const OPTIONS: &[&str] = &[
    "heartbeat_time_ms",
    "slack_ms",
    "floor_ms",
    "max_frame_bytes",
    "max_message_bytes",
    "first_frame_timeout_ms",
    "max_unread_bytes",
    "reply",
    "read",
    "stream",
];
/// Options that need a feature, and which.
const OPTIONS_OF_FEATURES: &[(&str, &str)] = &[
    ("always_beat", "always_beat"),
    ("peer_heartbeats", "optional_peers"),
];

#[derive(Default)]
struct Testee {
    connections: Mutex<HashMap<String, Arc<dyn Connection>>>,
    listeners: Mutex<HashMap<String, Stop>>,
}

fn main() {
    let testee = Arc::new(Testee::default());
    for line in stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Ok(command) = serde_json::from_str::<Value>(&line) else {
            eprintln!("not JSON: {line}");
            continue;
        };
        match text(&command, "cmd") {
            "bye" => break,
            // A dial may take its time: no command waits for it.
            "open" => {
                let testee = testee.clone();
                thread::spawn(move || answer(&command, testee.open(&command)));
            }
            _ => answer(&command, testee.carry_out(&command)),
        }
    }
    std::process::exit(0);
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn say(line: Value) {
    let mut out = stdout().lock();
    // Where nobody reads any more, there is nothing to say.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn answer(command: &Value, outcome: Result<Value, Refusal>) {
    let id = &command["id"];
    say(match outcome {
        Ok(ok) => json!({"id": id, "ok": ok}),
        Err(Refusal::Unsupported(why)) => json!({"id": id, "err": "unsupported", "why": why}),
        Err(Refusal::Invalid(why)) => json!({"id": id, "err": "invalid", "why": why}),
        Err(Refusal::Failed(why)) => json!({"id": id, "err": "failed", "why": why}),
    });
}

fn claims(list: &str, name: &str) -> bool {
    let hello = peer::hello();
    hello[list]
        .as_array()
        .is_some_and(|names| names.iter().any(|known| known == name))
}

/// Whoever says yes to what it does not know claims more than it has.
fn require_known(command: &Value) -> Result<(), Refusal> {
    let unsupported = |what: &str| Err(Refusal::Unsupported(format!("no {what}")));
    if !claims("transports", text(command, "transport")) || !claims("roles", text(command, "role"))
    {
        return unsupported("such transport or role");
    }
    let config = &command["config"];
    for key in config
        .as_object()
        .into_iter()
        .flat_map(|config| config.keys())
    {
        let feature = OPTIONS_OF_FEATURES.iter().find(|(option, _)| option == key);
        if !OPTIONS.contains(&key.as_str())
            && !feature.is_some_and(|(_, name)| claims("features", name))
        {
            return unsupported(&format!("option {key}"));
        }
    }
    match text(config, "reply") {
        "" | "echo" | "length" => Ok(()),
        other => unsupported(&format!("reply {other}")),
    }
}

impl Testee {
    fn carry_out(&self, command: &Value) -> Result<Value, Refusal> {
        let conn = text(command, "conn");
        let found = self.connections.lock().unwrap().get(conn).cloned();
        let connection = found
            .clone()
            .ok_or_else(|| Refusal::Failed(format!("no connection {conn}")));
        match text(command, "cmd") {
            "hello" => return Ok(peer::hello()),
            "send" => send(
                connection?,
                command,
                Some(command["repeat"].as_u64().unwrap_or(1)),
            ),
            "read" => connection?.read(),
            "close" => {
                // What is gone already is no error.
                let stop = self.listeners.lock().unwrap().remove(conn);
                if let Some(stop) = stop {
                    stop();
                } else if let Some(connection) = found {
                    let code = command["code"].as_u64().unwrap_or(1);
                    connection.close(code as u32, text(command, "reason"));
                }
            }
            other => return Err(Refusal::Unsupported(format!("no command {other}"))),
        }
        Ok(json!({}))
    }

    fn open(self: Arc<Self>, command: &Value) -> Result<Value, Refusal> {
        require_known(command)?;
        let (name, transport) = (text(command, "conn").to_owned(), text(command, "transport"));
        let config = command["config"].clone();
        let reply = text(&config, "reply").to_owned();
        let received: Received = Arc::new(move |connection, message| {
            // If it has ended meanwhile, nobody waits for the answer.
            let _ = match reply.as_str() {
                "echo" => connection.send(message),
                "length" => connection.send(message.len().to_string().as_bytes()),
                _ => Ok(()),
            };
        });
        if text(command, "role") == "dial" {
            let address = &command["address"];
            let port = address["port"].as_u64().unwrap_or(0) as u16;
            let connection = peer::dial(transport, text(address, "host"), port, &config, received)?;
            self.connections
                .lock()
                .unwrap()
                .insert(name, connection.clone());
            begin(connection, &config);
            return Ok(json!({}));
        }
        let (listener, listened, testee) = (name.clone(), config.clone(), self.clone());
        let count = AtomicU64::new(0);
        let accepted: peer::Accepted = Arc::new(move |connection| {
            let conn = format!("{listener}#{}", count.fetch_add(1, Ordering::SeqCst) + 1);
            testee
                .connections
                .lock()
                .unwrap()
                .insert(conn.clone(), connection.clone());
            say(json!({"event": "open", "conn": conn, "listener": listener}));
            begin(connection, &listened);
        });
        let (port, stop) = peer::listen(transport, &config, accepted, received)?;
        self.listeners.lock().unwrap().insert(name, stop);
        Ok(json!({"address": {"host": "127.0.0.1", "port": port}}))
    }
}

/// Begins what the application sends for ever, if that was asked for.
fn begin(connection: Arc<dyn Connection>, config: &Value) {
    if config["stream"].is_object() {
        send(connection, &config["stream"], None);
    }
}

/// Sends so many messages, or for ever: the first at once, the others in the background.
fn send(connection: Arc<dyn Connection>, sending: &Value, repeat: Option<u64>) {
    let message = match sending["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => vec![b'.'; sending["bytes"].as_u64().unwrap_or(0) as usize],
    };
    let every = sending["every_ms"].as_u64().map(Duration::from_millis);
    let mut left = repeat;
    let mut send_all = move || {
        while left != Some(0) && connection.send(&message).is_ok() {
            left = left.map(|left| left - 1);
            if let Some(every) = every {
                thread::sleep(every);
            }
        }
    };
    if every.is_some() {
        thread::spawn(send_all);
    } else {
        send_all();
    }
}
