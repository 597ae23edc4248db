//! The called side: an HTTP/2 connection carries as many calls as its client makes.

use super::{
    GrpcLink, Holder, Incoming, SEND_BUFFER,
    handover::{Taker, handover},
    service::liveness_service_server::{LivenessService, LivenessServiceServer},
    tap::{Ending, Tap},
};
use crate::link::Link;
use bytes::Bytes;
use http::Request as HttpRequest;
use hyper::{body::Incoming as HttpBody, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::{Notify, mpsc},
    time::timeout,
};
use tonic::{Request, Response, Status, Streaming, codegen::Service};

/// How long an HTTP/2 connection without a call is kept.
const IDLE: Duration = Duration::from_secs(10);
/// How long the last octets of a connection may take to go out.
const LAST_OCTETS: Duration = Duration::from_millis(100);

/// Serves the calls of one HTTP/2 connection until it is idle or gone.
pub(in crate::link) async fn serve(
    stream: TcpStream,
    max_frame: usize,
    links: mpsc::Sender<Box<dyn Link>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let calls = Arc::new(Calls::default());
    let acceptor = Acceptor { links, calls: calls.clone() };
    let service = LivenessServiceServer::new(acceptor).max_decoding_message_size(max_frame);
    let connection =
        http2::Builder::new(TokioExecutor::new()).max_send_buf_size(SEND_BUFFER).serve_connection(
            TokioIo::new(stream),
            service_fn(move |mut request: HttpRequest<HttpBody>| {
                let ending = Ending::default();
                request.extensions_mut().insert(ending.clone());
                service.clone().call(request.map(|body| Tap::new(body, ending)))
            }),
        );
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended.map_err(io::Error::other),
        () = calls.over() => {}
    }
    connection.as_mut().graceful_shutdown();
    // A peer that takes nothing is not waited for: dropping the connection lets go of it.
    let _ = timeout(LAST_OCTETS, connection).await;
    Ok(())
}

/// The calls that are open on one HTTP/2 connection.
#[derive(Default)]
struct Calls {
    open: AtomicUsize,
    aborted: AtomicBool,
    changed: Notify,
}

impl Calls {
    /// Waits until the HTTP/2 connection serves nobody any more.
    async fn over(&self) {
        loop {
            let changed = self.changed.notified();
            if self.open.load(Ordering::Relaxed) > 0 {
                changed.await;
            } else if self.aborted.load(Ordering::Relaxed) || timeout(IDLE, changed).await.is_err()
            {
                return;
            }
        }
    }
}

/// Keeps the HTTP/2 connection as long as one of its calls is open.
struct Call(Arc<Calls>);

impl Call {
    fn new(calls: Arc<Calls>) -> Self {
        calls.open.fetch_add(1, Ordering::Relaxed);
        calls.changed.notify_waiters();
        Call(calls)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_waiters();
    }
}

impl Holder for Call {
    /// A call of a peer that takes nothing cannot even be reset, so the connection goes when its
    /// other calls have gone.
    fn abort(&mut self) {
        self.0.aborted.store(true, Ordering::Relaxed);
    }
}

struct Acceptor {
    links: mpsc::Sender<Box<dyn Link>>,
    calls: Arc<Calls>,
}

#[tonic::async_trait]
impl LivenessService for Acceptor {
    type ConnectStream = Taker;

    async fn connect(
        &self,
        mut request: Request<Streaming<Bytes>>,
    ) -> Result<Response<Taker>, Status> {
        let ending = request.extensions_mut().remove::<Ending>().unwrap_or_default();
        let (giver, taker) = handover();
        let incoming = Incoming::Open(Box::new(request.into_inner()));
        let call = Call::new(self.calls.clone());
        let link = GrpcLink::new(incoming, ending, giver, true, call);
        let accepted = self.links.send(Box::new(link)).await;
        accepted.map_err(|_| Status::unavailable("nobody accepts connections any more"))?;
        Ok(Response::new(taker)) // and the headers go out at once [PW-GRPC-3]
    }
}
