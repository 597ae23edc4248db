//! The application of one connection, which does what the suite tells it.

use crate::{
    Refusal,
    options::{Options, Reply},
};
use bytes::Bytes;
use pulsewire::connection::Connection;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

pub struct Application {
    connection: Connection,
    /// Lets the application take messages, if that was paused.
    reading: Arc<Notify>,
}

impl Application {
    pub fn start(connection: Connection, options: &Options) -> Self {
        let application = Application { connection, reading: Arc::default() };
        if !options.paused {
            application.read();
        }
        if let Some(stream) = &options.stream {
            application.send_every(stream, None);
        }
        if options.takes_messages {
            let (connection, reading) =
                (application.connection.clone(), application.reading.clone());
            tokio::spawn(take_messages(connection, reading, options.reply));
        }
        application
    }

    pub fn read(&self) {
        self.reading.notify_one();
    }

    pub fn close(&self, code: i32, reason: &str) {
        self.connection.close(code, reason);
    }

    pub fn send(&self, command: &Value) -> Result<(), Refusal> {
        let repeat = command["repeat"].as_u64().unwrap_or(1);
        if command["every_ms"].is_u64() {
            self.send_every(command, Some(repeat));
            return Ok(());
        }
        let message = message(command);
        for _ in 0..repeat {
            let sent = self.connection.try_send(message.clone());
            sent.map_err(|error| Refusal::Failed(error.to_string()))?;
        }
        Ok(())
    }

    /// Sends so many messages or for ever, the first at once.
    fn send_every(&self, command: &Value, repeat: Option<u64>) {
        let message = message(command);
        let every = command["every_ms"].as_u64().unwrap_or(1).max(1);
        let connection = self.connection.clone();
        tokio::spawn(async move {
            let mut ticks = interval(Duration::from_millis(every));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut left = repeat;
            while left != Some(0) {
                tokio::select! {
                    _ = ticks.tick() => {}
                    _ = connection.ended() => return,
                }
                if connection.send(message.clone()).await.is_err() {
                    return;
                }
                left = left.map(|left| left - 1);
            }
        });
    }
}

fn message(command: &Value) -> Bytes {
    match command["text"].as_str() {
        Some(text) => text.to_owned().into(),
        None => vec![b'.'; command["bytes"].as_u64().unwrap_or(0) as usize].into(),
    }
}

async fn take_messages(connection: Connection, reading: Arc<Notify>, reply: Reply) {
    tokio::select! {
        () = reading.notified() => {}
        _ = connection.ended() => return,
    }
    while let Some(message) = connection.receive().await {
        let answer = match reply {
            Reply::Nothing => continue,
            Reply::Echo => message,
            Reply::Length => message.len().to_string().into(),
        };
        if connection.send(answer).await.is_err() {
            return;
        }
    }
}
