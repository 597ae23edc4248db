//! Connections over real sockets, on every transport: what arrives, how they end, and that
//! nothing of them is left.

use pulsewire::{
    connection::{Connection, system_wall_clock},
    link::{Listener, Transport, dial},
    machine::{Config, End, SendError},
    wire::CloseCode,
};
use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Handle},
    time::{Instant, sleep, timeout},
};

const TRANSPORTS: [Transport; 3] = [Transport::Tcp, Transport::Ws, Transport::Grpc];
const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn beating() -> Config {
    Config { heartbeat_time_ms: Some(100), slack_ms: 200, floor_ms: 100, ..Config::default() }
}

async fn listen(transport: Transport) -> Listener {
    Listener::bind(transport, ANY, 1_048_576).await.expect("there is a port")
}

async fn connect(transport: Transport, address: SocketAddr, config: Config) -> Connection {
    let link = dial(transport, address, 1_048_576).await.expect("somebody listens");
    Connection::open(link, config, system_wall_clock()).expect("the configuration is lawful")
}

async fn accept(listener: &mut Listener, config: Config) -> Connection {
    let link = listener.accept().await.expect("it still listens");
    Connection::open(link, config, system_wall_clock()).expect("the configuration is lawful")
}

async fn pair(transport: Transport, config: Config) -> (Connection, Connection, Listener) {
    let mut listener = listen(transport).await;
    let dialled = connect(transport, listener.address(), Config::default()).await;
    let accepted = accept(&mut listener, config).await;
    (dialled, accepted, listener)
}

/// Runs a test on every transport, and then waits until all its tasks are gone, and with them
/// their sockets and timers.
fn on_every_transport<F: Future<Output = ()>>(test: impl Fn(Transport) -> F) {
    for transport in TRANSPORTS {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let done = timeout(Duration::from_secs(20), test(transport)).await;
            done.unwrap_or_else(|_| panic!("{transport:?} takes too long"));
            let deadline = Instant::now() + Duration::from_secs(5);
            while Handle::current().metrics().num_alive_tasks() > 0 {
                assert!(Instant::now() < deadline, "{transport:?} leaves tasks behind");
                sleep(Duration::from_millis(10)).await;
            }
        });
    }
}

#[test]
fn messages_of_any_length_arrive_in_order_both_ways() {
    on_every_transport(|transport| async move {
        let (one, other, _listener) = pair(transport, beating()).await;
        let lengths = [0, 1, 65_536, 65_537, 16_777_216, 3];
        let talk = |from: Connection, to: Connection| async move {
            for length in lengths {
                from.send(vec![length as u8; length]).await.expect("it is open");
            }
            for length in lengths {
                let message = to.receive().await.expect("it is open");
                assert!(message == vec![length as u8; length], "{transport:?}, {length}");
            }
        };
        tokio::join!(talk(one.clone(), other.clone()), talk(other.clone(), one.clone()));
        let adopted = Config::default().floor_ms;
        assert_eq!(one.inspect(|machine| machine.heartbeat_time_ms()), Some(adopted));
        assert_eq!(one.inspect(|machine| machine.end().cloned()), None);
    });
}

#[test]
fn a_close_tells_the_peer_why_after_what_was_sent_before() {
    on_every_transport(|transport| async move {
        for closes_dialled in [true, false] {
            let (dialled, accepted, _listener) = pair(transport, Config::default()).await;
            let (one, other) =
                if closes_dialled { (dialled, accepted) } else { (accepted, dialled) };
            one.send(vec![7; 1_000_000]).await.expect("it is open");
            one.close(CloseCode::GoingAway.into(), "maintenance");
            assert_eq!(one.try_send("late"), Err(SendError::Ended));
            let message = other.receive().await.expect("it was sent before");
            assert_eq!(message.len(), 1_000_000);
            assert_eq!(other.receive().await, None);
            let end = End::ClosedByPeer {
                code: CloseCode::GoingAway.into(),
                reason: "maintenance".into(),
                retry_after_ms: None,
            };
            assert_eq!(other.ended().await, end, "{transport:?}");
            assert_eq!(one.ended().await, End::Closed { code: CloseCode::GoingAway.into() });
        }
    });
}

#[test]
fn a_connection_that_nobody_holds_is_closed() {
    on_every_transport(|transport| async move {
        let (one, other, _listener) = pair(transport, beating()).await;
        drop(one);
        let ended = other.ended().await;
        assert!(matches!(ended, End::ClosedByPeer { code: 1, .. }), "{transport:?}: {ended:?}");
    });
}

#[test]
fn an_application_that_does_not_read_pauses_its_peer_and_loses_nothing() {
    on_every_transport(|transport| async move {
        let config = Config { max_unread_bytes: 100_000, ..beating() };
        let (one, other, _listener) = pair(transport, config).await;
        let mut sent = 0_u32;
        // Until the buffers of this machine are full too.
        while let Ok(Ok(())) = timeout(Duration::from_millis(500), one.send(vec![0; 300_000])).await
        {
            sent += 1;
        }
        assert_eq!(one.inspect(|machine| machine.end().cloned()), None);
        assert_eq!(other.inspect(|machine| machine.end().cloned()), None);
        for _ in 0..sent {
            assert_eq!(other.receive().await.map(|message| message.len()), Some(300_000));
        }
    });
}

#[test]
fn a_peer_that_takes_and_says_nothing_is_found() {
    on_every_transport(|transport| async move {
        let listener = TcpListener::bind(ANY).await.expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        if transport == Transport::Ws {
            return; // it does not even shake hands
        }
        let (one, deaf) = tokio::join!(connect(transport, address, beating()), listener.accept());
        while one.try_send(vec![0; 1_000_000]).is_ok() {}
        let end = one.ended().await;
        assert!(matches!(end, End::PeerSilent | End::OutboundBlocked), "{transport:?}: {end:?}");
        drop(deaf);
    });
}

#[test]
fn strangers_do_no_harm() {
    on_every_transport(|transport| async move {
        let mut listener = listen(transport).await;
        let handshake: &[u8] = match transport {
            Transport::Tcp => b"",
            Transport::Ws => {
                b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                  Sec-WebSocket-Protocol: pulsewire.v1\r\n\r\n"
            }
            Transport::Grpc => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        };
        let noise = [0xff; 4096];
        let address = listener.address();
        let knocking = async {
            for octets in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &noise, handshake] {
                for tail in [&b""[..], &noise, &[0; 4096]] {
                    let mut stranger = TcpStream::connect(address).await.expect("it listens");
                    // It may be refused before it has said all.
                    let _ = stranger.write_all(octets).await;
                    let _ = stranger.write_all(tail).await;
                    let _ = stranger.shutdown().await;
                    let _ = stranger.read_to_end(&mut Vec::new()).await;
                }
            }
        };
        let accepting = async {
            loop {
                let accepted = accept(&mut listener, beating()).await;
                tokio::spawn(async move { accepted.ended().await });
            }
        };
        tokio::select! {
            () = knocking => {}
            () = accepting => {}
        }
        // And whoever comes after them is served.
        let one = connect(transport, listener.address(), Config::default()).await;
        let other = accept(&mut listener, Config::default()).await;
        one.send("hello").await.expect("it is open");
        assert_eq!(other.receive().await.as_deref(), Some(&b"hello"[..]), "{transport:?}");
    });
}

#[test]
fn a_listener_that_is_dropped_frees_its_port_and_leaves_its_connections() {
    on_every_transport(|transport| async move {
        let (one, other, listener) = pair(transport, beating()).await;
        let address = listener.address();
        drop(listener);
        tokio::task::yield_now().await;
        assert!(TcpStream::connect(address).await.is_err(), "{transport:?}");
        one.send("still here").await.expect("it is open");
        assert_eq!(other.receive().await.as_deref(), Some(&b"still here"[..]));
    });
}
