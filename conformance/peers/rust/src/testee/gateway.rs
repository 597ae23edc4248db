//! A gateway: messages of two connections go from one to the other; heartbeats do not, for each
//! connection has its own state machine [PW-GWY-1, PW-GWY-2].

use pulsewire::{connection::Connection, wire::CloseCode};
use std::time::Duration;
use tokio::time::timeout;

/// How long what came before an end may take to go out on the other connection.
const LAST_MESSAGES: Duration = Duration::from_secs(2);

/// Joins an accepted connection with the one that was dialled for it, if that succeeded.
pub async fn join(inner: Connection, outer: Option<Connection>) {
    match outer {
        Some(outer) => {
            tokio::join!(pass_on(&inner, &outer), pass_on(&outer, &inner));
        }
        None => inner.close(CloseCode::UpstreamLost.into(), ""),
    }
}

async fn pass_on(from: &Connection, to: &Connection) {
    let mut messages = std::pin::pin!(async {
        while let Some(message) = from.receive().await {
            if to.send(message).await.is_err() {
                return;
            }
        }
    });
    tokio::select! {
        () = &mut messages => {}
        _ = from.ended() => {
            let _ = timeout(LAST_MESSAGES, messages).await;
        }
    }
    to.close(CloseCode::UpstreamLost.into(), ""); // [PW-GWY-4]
}
