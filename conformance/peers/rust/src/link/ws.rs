//! Frames on WebSocket: each is one binary message.

use super::{Inbound, Link, codes, octets::Octets};
use crate::{machine::LinkEnd, wire::CloseCode};
use futures_core::Stream;
use futures_sink::Sink;
use http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        error::ProtocolError,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::{CloseFrame, WebSocketConfig},
    },
};

/// The subprotocol that says that this is Pulsewire [PW-WS-1].
const SUBPROTOCOL: &str = "pulsewire.v1";

type Socket = WebSocketStream<Octets<TcpStream>>;

/// A frame connection on WebSocket.
pub(super) struct WsLink {
    socket: Socket,
    /// The octets of life that have been told of.
    told: u64,
    outgoing: Option<Message>,
    /// Of what arrives only the end counts.
    refused: bool,
    incoming_ended: bool,
}

impl WsLink {
    pub async fn dial(address: SocketAddr, max_frame: usize) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://{address}/").into_client_request().map_err(other)?;
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        // It fails if the server has not selected the subprotocol [PW-WS-2].
        let (socket, _) =
            client_async_with_config(request, Octets::new(stream), Some(config(max_frame)))
                .await
                .map_err(other)?;
        Ok(WsLink::new(socket))
    }

    pub async fn accept(stream: TcpStream, max_frame: usize) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let config = Some(config(max_frame));
        accept_hdr_async_with_config(Octets::new(stream), select_subprotocol, config)
            .await
            .map(WsLink::new)
            .map_err(other)
    }

    fn new(socket: Socket) -> Self {
        WsLink { socket, told: 0, outgoing: None, refused: false, incoming_ended: false }
    }

    fn end(&mut self, end: LinkEnd) -> Poll<Inbound> {
        self.incoming_ended = true;
        Poll::Ready(Inbound::End(end))
    }

    fn refuse(&mut self, code: CloseCode) -> Poll<Inbound> {
        self.refused = true;
        Poll::Ready(Inbound::Violation(code))
    }

    /// Reads past the framing, which is lost, until the peer has ended.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<Inbound> {
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(self.socket.get_mut()).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return self.end(LinkEnd::Closed);
            }
        }
    }
}

fn other(error: Error) -> io::Error {
    io::Error::other(error)
}

fn config(max_frame: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(max_frame))
        .max_frame_size(Some(max_frame))
        .read_buffer_size(16_384)
        .write_buffer_size(0)
}

/// Selects the subprotocol, or refuses a client that does not offer it [PW-WS-1]. There is no
/// compression to select [PW-WS-5].
#[allow(clippy::result_large_err)] // the signature is the library's
fn select_subprotocol(
    request: &Request,
    mut response: Response,
) -> Result<Response, ErrorResponse> {
    let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter().any(|value| {
        value.to_str().is_ok_and(|list| list.split(',').any(|name| name.trim() == SUBPROTOCOL))
    });
    if !offered {
        let mut refusal = ErrorResponse::new(Some(format!("offer {SUBPROTOCOL}\n")));
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        return Err(refusal);
    }
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    Ok(response)
}

impl Link for WsLink {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Inbound> {
        if self.refused {
            return self.poll_drain(cx);
        }
        loop {
            let message = Pin::new(&mut self.socket).poll_next(cx);
            let life = self.socket.get_ref().life();
            match message {
                Poll::Ready(Some(Ok(Message::Binary(frame)))) => {
                    self.told = life;
                    return Poll::Ready(Inbound::Frame(frame));
                }
                Poll::Ready(Some(Ok(Message::Text(_)))) => {
                    return self.refuse(CloseCode::ProtocolError); // [PW-WS-4]
                }
                Poll::Ready(Some(Ok(Message::Close(close)))) => {
                    let code = close.map(|close| close.code.into());
                    return self.end(codes::from_websocket(code)); // [PW-WS-9]
                }
                // The library answers pings, and they are no life [PW-WS-6].
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(Error::Capacity(_)))) => {
                    return self.refuse(CloseCode::FrameTooLarge); // [PW-LIM-1]
                }
                Poll::Ready(Some(Err(Error::Protocol(
                    ProtocolError::ResetWithoutClosingHandshake,
                )))) => {
                    return self.end(LinkEnd::Failed);
                }
                Poll::Ready(Some(Err(Error::Protocol(_) | Error::Utf8(_)))) => {
                    return self.refuse(CloseCode::ProtocolError);
                }
                Poll::Ready(Some(Err(_))) => return self.end(LinkEnd::Failed),
                Poll::Ready(None) => return self.end(LinkEnd::Closed),
                Poll::Pending if life != self.told => {
                    self.told = life;
                    return Poll::Ready(Inbound::Octets); // [PW-WS-7]
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn start_send(&mut self, frame: Vec<u8>) {
        self.outgoing = Some(Message::Binary(frame.into()));
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkEnd>> {
        let mut socket = Pin::new(&mut self.socket);
        let sent = loop {
            if self.outgoing.is_none() {
                break ready!(socket.as_mut().poll_flush(cx));
            }
            let ready = ready!(socket.as_mut().poll_ready(cx));
            let message = self.outgoing.take().expect("it is there");
            if let Err(error) = ready.and_then(|()| socket.as_mut().start_send(message)) {
                break Err(error);
            }
        };
        Poll::Ready(sent.map_err(|_| LinkEnd::Failed))
    }

    fn accepted(&self) -> u64 {
        self.socket.get_ref().written()
    }

    fn start_close(&mut self, code: i32) {
        let code = codes::to_websocket(code).into();
        // Where the peer has closed, the library has its answer ready and drops this one.
        self.outgoing = Some(Message::Close(Some(CloseFrame { code, reason: "".into() })));
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_send(cx).map(|_| ())
    }

    fn abort(&mut self) {
        // Without this the kernel would go on offering the peer what it does not take.
        let _ = self.socket.get_mut().get_mut().set_zero_linger();
    }
}
