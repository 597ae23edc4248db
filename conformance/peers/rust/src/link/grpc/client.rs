//! The calling side: an HTTP/2 connection of its own for each call.

use super::{
    GrpcLink, Holder, Incoming, SEND_BUFFER,
    handover::{Taker, handover},
    service::liveness_service_client::LivenessServiceClient,
    tap::{Ending, Tap},
};
use crate::link::Link;
use bytes::Bytes;
use http::{Request, Response, Uri};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{net::TcpStream, task::JoinSet};
use tonic::{
    body::Body,
    codegen::{Service, tokio_stream::Stream},
};

/// Connects, and makes the call.
pub(in crate::link) async fn dial(
    address: SocketAddr,
    max_frame: usize,
) -> io::Result<Box<dyn Link>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let tasks = Tasks::default();
    let held = Held(tasks.clone());
    let (requests, connection) = http2::Builder::new(tasks.clone())
        .max_send_buf_size(SEND_BUFFER)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tasks.spawn(async {
        let _ = connection.await; // how it ended is seen where the call ends
    });

    let origin = Uri::try_from(format!("http://{address}")).map_err(io::Error::other)?;
    let ending = Ending::default();
    let channel = Channel { requests, ending: ending.clone() };
    let mut client =
        LivenessServiceClient::with_origin(channel, origin).max_decoding_message_size(max_frame);
    let (giver, taker) = handover();
    // The answer is not waited for: two passive sides never send a frame [PW-GRPC-4].
    let call = Box::pin(async move { Ok(client.connect(Frames(taker)).await?.into_inner()) });
    Ok(Box::new(GrpcLink::new(Incoming::Called(call), ending, giver, false, held)))
}

/// The frames of a request, which has no status to end with.
struct Frames(Taker);

impl Stream for Frames {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        Poll::Ready(ready!(Pin::new(&mut self.0).poll_next(cx)).and_then(Result::ok))
    }
}

/// What the generated client sends its one request through.
struct Channel {
    requests: SendRequest<Body>,
    ending: Ending,
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Tap>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.requests.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let response = self.requests.send_request(request);
        let ending = self.ending.clone();
        Box::pin(async move { Ok(response.await?.map(|body| Tap::new(body, ending))) })
    }
}

/// The tasks of one HTTP/2 connection, which end with its link.
#[derive(Clone, Default)]
struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

/// The link's hold on them; hyper has one of its own, so they would not end by themselves.
struct Held(Tasks);

impl Holder for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}
