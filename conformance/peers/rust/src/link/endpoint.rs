//! Dials and listens, on any transport.

use super::{HANDSHAKE, Link, grpc, tcp::TcpLink, ws::WsLink};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

/// How many links may wait for [`Listener::accept`].
const BACKLOG: usize = 64;
/// How long to wait when the system has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// A transport that there is a binding for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    Ws,
    Grpc,
}

/// Connects, and returns when the link can be used.
pub async fn dial(
    transport: Transport,
    address: SocketAddr,
    max_frame: usize,
) -> io::Result<Box<dyn Link>> {
    let dialled = async {
        Ok::<Box<dyn Link>, io::Error>(match transport {
            Transport::Tcp => Box::new(TcpLink::dial(address, max_frame).await?),
            Transport::Ws => Box::new(WsLink::dial(address, max_frame).await?),
            Transport::Grpc => grpc::dial(address, max_frame).await?,
        })
    };
    timeout(HANDSHAKE, dialled).await?
}

/// Takes connections at one address. Links that it has given out outlive it.
pub struct Listener {
    address: SocketAddr,
    links: mpsc::Receiver<Box<dyn Link>>,
    accepting: JoinHandle<()>,
}

impl Listener {
    pub async fn bind(
        transport: Transport,
        address: SocketAddr,
        max_frame: usize,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (sender, links) = mpsc::channel(BACKLOG);
        let accepting = tokio::spawn(accept(transport, listener, max_frame, sender));
        Ok(Listener { address, links, accepting })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next link; none if nothing can be accepted any more.
    pub async fn accept(&mut self) -> Option<Box<dyn Link>> {
        self.links.recv().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    transport: Transport,
    listener: TcpListener,
    max_frame: usize,
    links: mpsc::Sender<Box<dyn Link>>,
) {
    let mut handshakes = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let links = links.clone();
                    if transport == Transport::Grpc {
                        // It outlives the listener, like the links that it carries.
                        tokio::spawn(grpc::serve(stream, max_frame, links));
                    } else {
                        handshakes.spawn(shake_hands(transport, stream, max_frame, links));
                    }
                }
                Err(_) => sleep(EXHAUSTED).await,
            },
            Some(_) = handshakes.join_next() => {}
        }
    }
}

/// A peer whose handshake fails is simply not accepted.
async fn shake_hands(
    transport: Transport,
    stream: TcpStream,
    max_frame: usize,
    links: mpsc::Sender<Box<dyn Link>>,
) {
    let link = async {
        Ok::<Box<dyn Link>, io::Error>(match transport {
            Transport::Ws => Box::new(WsLink::accept(stream, max_frame).await?),
            _ => Box::new(TcpLink::new(stream, max_frame)?),
        })
    };
    if let Ok(Ok(link)) = timeout(HANDSHAKE, link).await {
        let _ = links.send(link).await; // the listener may be gone
    }
}
