//! Carries out the commands.

use crate::{
    Outcome, Refusal, answer,
    application::Application,
    collect, gateway,
    legacy::Legacy,
    options::{FEATURES, Options, Target, text},
    say,
};
use pulsewire::{
    connection::{Connection, WallClock, system_wall_clock},
    link::{self, Link, Listener},
    wire::CloseCode,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::task::JoinHandle;

/// All that a testee holds. Clones are the same one.
#[derive(Clone, Default)]
pub struct Testee {
    open: Arc<Mutex<Open>>,
    /// By how many milliseconds the wall clock is set ahead.
    suspended_ms: Arc<AtomicU64>,
}

#[derive(Default)]
struct Open {
    applications: HashMap<String, Entry>,
    listeners: HashMap<String, JoinHandle<()>>,
}

struct Entry {
    application: Application,
    /// The listener by which it came.
    listener: Option<String>,
}

impl Testee {
    /// Carries out one command, and answers it.
    pub fn carry_out(&self, command: Value) {
        let id = command["id"].clone();
        let number = |key: &str| Duration::from_millis(command[key].as_u64().unwrap_or(0));
        match text(&command, "cmd") {
            "open" => {
                // A dial may take its time: no command waits for it.
                let testee = self.clone();
                tokio::spawn(async move { answer(&id, testee.open(&command).await) });
            }
            "stall" => {
                answer(&id, Ok(json!({})));
                thread::sleep(number("ms"));
            }
            "collect" => {
                answer(&id, Ok(json!({})));
                let took = collect::for_about(number("ms"));
                say(json!({
                    "event": "state", "conn": "", "collected_ms": took.as_millis() as u64
                }));
            }
            "suspend" => {
                let ms = command["ms"].as_u64().unwrap_or(0);
                self.suspended_ms.fetch_add(ms, Ordering::Relaxed);
                answer(&id, Ok(json!({})));
            }
            _ => answer(&id, self.act(&command)),
        }
    }

    fn act(&self, command: &Value) -> Outcome {
        let name = text(command, "conn");
        let mut open = self.lock();
        let application = open.applications.get(name).map(|entry| &entry.application);
        let found = application.ok_or_else(|| Refusal::Failed(format!("no connection {name}")));
        match text(command, "cmd") {
            "hello" => return Ok(hello()),
            "send" => found?.send(command)?,
            "read" => found?.read(),
            "close" => {
                // What is gone already is no error.
                if let Ok(application) = found {
                    let code = command["code"].as_u64().unwrap_or(1);
                    application.close(code.try_into().unwrap_or(i32::MAX), text(command, "reason"));
                } else if let Some(listener) = open.listeners.remove(name) {
                    listener.abort();
                    let theirs = |entry: &&Entry| entry.listener.as_deref() == Some(name);
                    for entry in open.applications.values().filter(theirs) {
                        entry.application.close(CloseCode::GoingAway.into(), "");
                    }
                }
            }
            other => return Err(Refusal::Unsupported(format!("no command {other}"))),
        }
        Ok(json!({}))
    }

    async fn open(&self, command: &Value) -> Outcome {
        let name = text(command, "conn").to_owned();
        let options = Options::parse(command)?;
        let forward = match command.get("forward") {
            Some(target) => Some(Target::parse(target)?),
            None => None,
        };
        match text(command, "role") {
            "dial" => {
                let target = Target::parse(command)?;
                let connection = self.dial(&target).await?;
                self.add(name, connection, &options, None);
                Ok(json!({}))
            }
            "listen" => self.listen(name, options, forward).await,
            other => Err(Refusal::Unsupported(format!("no role {other}"))),
        }
    }

    async fn dial(&self, target: &Target) -> Result<Connection, Refusal> {
        let options = &target.options;
        let link = link::dial(options.transport, target.address, options.config.max_frame_bytes);
        let link = link.await.map_err(|error| Refusal::Failed(error.to_string()))?;
        self.begin(link, options)
    }

    async fn listen(&self, name: String, options: Options, forward: Option<Target>) -> Outcome {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut listener =
            Listener::bind(options.transport, address, options.config.max_frame_bytes)
                .await
                .map_err(|error| Refusal::Failed(error.to_string()))?;
        let port = listener.address().port();
        let (testee, key) = (self.clone(), name.clone());
        let accepting = tokio::spawn(async move {
            let mut count = 0;
            while let Some(link) = listener.accept().await {
                let Ok(connection) = testee.begin(link, &options) else {
                    continue;
                };
                count += 1;
                let conn = format!("{name}#{count}");
                say(json!({"event": "open", "conn": conn, "listener": name}));
                if let Some(target) = forward.clone() {
                    let (testee, inner) = (testee.clone(), connection.clone());
                    tokio::spawn(async move {
                        let outer = testee.dial(&target).await.ok();
                        gateway::join(inner, outer).await;
                    });
                }
                testee.add(conn, connection, &options, Some(name.clone()));
            }
        });
        self.lock().listeners.insert(key, accepting);
        Ok(json!({"address": {"host": "127.0.0.1", "port": port}}))
    }

    fn begin(&self, link: Box<dyn Link>, options: &Options) -> Result<Connection, Refusal> {
        let link = if options.legacy { Box::new(Legacy(link)) } else { link };
        Connection::open(link, options.config.clone(), self.wall_clock())
            .map_err(|error| Refusal::Invalid(error.to_string()))
    }

    /// The wall clock, as it is after all the suspends.
    fn wall_clock(&self) -> WallClock {
        let (system, suspended_ms) = (system_wall_clock(), self.suspended_ms.clone());
        Arc::new(move || system() + Duration::from_millis(suspended_ms.load(Ordering::Relaxed)))
    }

    /// Keeps a connection under its name until it has ended.
    fn add(
        &self,
        name: String,
        connection: Connection,
        options: &Options,
        listener: Option<String>,
    ) {
        let application = Application::start(connection.clone(), options);
        self.lock().applications.insert(name.clone(), Entry { application, listener });
        let testee = self.clone();
        tokio::spawn(async move {
            let end = connection.ended().await;
            say(json!({"event": "end", "conn": name, "why": format!("{end:?}")}));
            testee.lock().applications.remove(&name);
        });
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hello() -> Value {
    json!({
        "contract": 1,
        "name": "pulsewire-peer-rust",
        "version": env!("CARGO_PKG_VERSION"),
        "language": "Rust",
        "transports": ["tcp", "ws", "grpc"],
        "roles": ["dial", "listen"],
        "features": FEATURES,
    })
}
