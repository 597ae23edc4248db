//! The application's handle on a state machine that runs over a link.

mod driver;

use crate::{
    link::Link,
    machine::{Config, End, InvalidConfig, Machine, SendError, Time},
    wire::CloseCode,
};
use bytes::Bytes;
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::{Duration, SystemTime},
};
use tokio::{sync::Notify, time::Instant};

/// Reads the wall clock, as time since an origin of its own.
pub type WallClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The wall clock of this machine.
pub fn system_wall_clock() -> WallClock {
    Arc::new(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// One Pulsewire connection. Clones are handles on the same one; it is closed when the last of
/// them is dropped.
#[derive(Clone)]
pub struct Connection {
    owner: Arc<Owner>,
}

/// What the handles share, so that the last of them to go can say goodbye.
struct Owner(Arc<Shared>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.act(|machine, now| machine.close(CloseCode::Normal.into(), "", now));
    }
}

struct Shared {
    state: Mutex<State>,
    origin: Instant,
    /// Tells the application that a message, room to send, or the end may be there.
    changed: Notify,
}

struct State {
    machine: Machine,
    /// Wakes the driver when the application has done something.
    driver: Option<Waker>,
}

impl State {
    fn wake_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
    }
}

impl Shared {
    fn now(&self) -> Time {
        self.origin.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the application do something, and the driver see to what follows from it.
    fn act(&self, act: impl FnOnce(&mut Machine, Time)) {
        let mut state = self.lock();
        act(&mut state.machine, self.now());
        state.wake_driver();
    }
}

impl Connection {
    /// Opens a connection over a link and starts the task that drives it.
    pub fn open(
        link: Box<dyn Link>,
        config: Config,
        wall: WallClock,
    ) -> Result<Self, InvalidConfig> {
        let random = Box::new(random);
        let machine = Machine::open(config, random, Time::ZERO)?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State { machine, driver: None }),
            origin: Instant::now(),
            changed: Notify::new(),
        });
        tokio::spawn(driver::drive(shared.clone(), link, wall));
        Ok(Connection { owner: Arc::new(Owner(shared)) })
    }

    fn shared(&self) -> &Shared {
        &self.owner.0
    }

    /// Sends one message, or says why not.
    pub fn try_send(&self, message: impl Into<Bytes>) -> Result<(), SendError> {
        let mut state = self.shared().lock();
        state.machine.send(message)?;
        state.wake_driver();
        Ok(())
    }

    /// Sends one message, as soon as there is room for it.
    pub async fn send(&self, message: impl Into<Bytes>) -> Result<(), SendError> {
        let message = message.into();
        loop {
            let changed = self.shared().changed.notified();
            match self.try_send(message.clone()) {
                Err(SendError::Full) => changed.await,
                sent => return sent,
            }
        }
    }

    /// The next message; none once the connection has ended. Reading slowly is allowed: the
    /// transport is paused meanwhile.
    pub async fn receive(&self) -> Option<Vec<u8>> {
        loop {
            let changed = self.shared().changed.notified();
            {
                let mut state = self.shared().lock();
                let message = state.machine.take_message(self.shared().now());
                if message.is_some() {
                    state.wake_driver(); // which may read again
                }
                if message.is_some() || state.machine.end().is_some() {
                    return message;
                }
            }
            changed.await;
        }
    }

    /// Closes, when what was sent before has gone out.
    pub fn close(&self, code: i32, reason: &str) {
        self.shared().act(|machine, now| machine.close(code, reason, now));
    }

    /// Asks the peer for a sign of life.
    pub fn probe(&self) {
        self.shared().act(Machine::probe);
    }

    /// Waits for the end of the connection.
    pub async fn ended(&self) -> End {
        loop {
            let changed = self.shared().changed.notified();
            if let Some(end) = self.inspect(|machine| machine.end().cloned()) {
                return end;
            }
            changed.await;
        }
    }

    /// Looks at the state machine: its heartbeat-time, the round trip and so on.
    pub fn inspect<T>(&self, look: impl FnOnce(&Machine) -> T) -> T {
        look(&self.shared().lock().machine)
    }
}

/// A number from 0 up to 1, from the randomness that the standard library has for its hash maps.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
