//! Frames on a byte stream: each follows its length.

use super::{Inbound, Link};
use crate::{machine::LinkEnd, wire::CloseCode};
use bytes::{Buf, Bytes, BytesMut};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{io::AsyncWrite, net::TcpStream};

/// The longest length, in octets [PW-TCP-4].
const MAX_PREFIX: usize = 5;
/// How much is read at a time.
const CHUNK: usize = 16_384;

/// Cuts a stream of octets into frames, however it comes in pieces [PW-TCP-3].
pub struct Delimited {
    max_frame: usize,
    buffer: BytesMut,
    broken: bool,
}

impl Delimited {
    pub fn new(max_frame: usize) -> Self {
        Delimited { max_frame, buffer: BytesMut::new(), broken: false }
    }

    /// Takes in what was read.
    pub fn extend(&mut self, octets: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(octets);
        }
    }

    /// The next whole frame, or the Close with which the stream is refused; after that nothing.
    pub fn next_frame(&mut self) -> Option<Result<Bytes, CloseCode>> {
        let found = self.cut().transpose()?;
        if found.is_err() {
            (self.broken, self.buffer) = (true, BytesMut::new());
        }
        Some(found)
    }

    fn cut(&mut self) -> Result<Option<Bytes>, CloseCode> {
        let Some((length, prefix)) = self.length()? else {
            return Ok(None);
        };
        if length > self.max_frame {
            return Err(CloseCode::FrameTooLarge); // before any memory is taken for it [PW-LIM-1]
        }
        if self.buffer.len() < prefix + length {
            return Ok(None);
        }
        self.buffer.advance(prefix);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// The length of the next frame, and how many octets say so.
    fn length(&self) -> Result<Option<(usize, usize)>, CloseCode> {
        let mut length = 0_u64;
        for (i, octet) in self.buffer.iter().take(MAX_PREFIX).enumerate() {
            length |= u64::from(octet & 0x7f) << (7 * i);
            if octet & 0x80 == 0 {
                let length = u32::try_from(length).map_err(|_| CloseCode::ProtocolError)?;
                return Ok(Some((length as usize, i + 1)));
            }
        }
        if self.buffer.len() < MAX_PREFIX { Ok(None) } else { Err(CloseCode::ProtocolError) }
    }
}

/// Puts the length before a frame [PW-TCP-1].
pub fn delimit(frame: &[u8]) -> Bytes {
    let mut octets = BytesMut::with_capacity(MAX_PREFIX + frame.len());
    prost::encode_length_delimiter(frame.len(), &mut octets).expect("there is room");
    octets.extend_from_slice(frame);
    octets.freeze()
}

/// A frame connection on TCP.
pub struct TcpLink {
    stream: TcpStream,
    incoming: Delimited,
    /// Octets have been read of which nothing has been said yet.
    unsaid: bool,
    outgoing: Bytes,
    accepted: u64,
}

impl TcpLink {
    pub fn new(stream: TcpStream, max_frame: usize) -> io::Result<Self> {
        stream.set_nodelay(true)?; // [PW-TCP-7]
        Ok(TcpLink {
            stream,
            incoming: Delimited::new(max_frame),
            unsaid: false,
            outgoing: Bytes::new(),
            accepted: 0,
        })
    }

    pub async fn dial(address: SocketAddr, max_frame: usize) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        TcpLink::new(stream, max_frame)
    }
}

impl Link for TcpLink {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Inbound> {
        loop {
            match self.incoming.next_frame() {
                Some(Ok(frame)) => {
                    self.unsaid = !self.incoming.buffer.is_empty();
                    return Poll::Ready(Inbound::Frame(frame));
                }
                Some(Err(code)) => return Poll::Ready(Inbound::Violation(code)),
                None if std::mem::take(&mut self.unsaid) => {
                    return Poll::Ready(Inbound::Octets); // [PW-TCP-5]
                }
                None => {}
            }
            let buffer = &mut self.incoming.buffer;
            buffer.reserve(CHUNK);
            let read = match ready!(self.stream.poll_read_ready(cx)) {
                Ok(()) => self.stream.try_read_buf(buffer),
                Err(error) => Err(error),
            };
            match read {
                Ok(0) => return Poll::Ready(Inbound::End(LinkEnd::Closed)),
                Ok(_) if self.incoming.broken => buffer.clear(),
                Ok(_) => self.unsaid = true,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Poll::Ready(Inbound::End(LinkEnd::Failed)),
            }
        }
    }

    fn start_send(&mut self, frame: Vec<u8>) {
        self.outgoing = delimit(&frame);
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkEnd>> {
        while !self.outgoing.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outgoing)) {
                Ok(count) => {
                    self.outgoing.advance(count);
                    self.accepted += count as u64;
                }
                Err(_) => return Poll::Ready(Err(LinkEnd::Failed)),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn accepted(&self) -> u64 {
        self.accepted
    }

    fn start_close(&mut self, _code: i32) {
        self.outgoing.clear();
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // FIN and not a reset, which could overtake the Close [PW-TCP-6].
        Pin::new(&mut self.stream).poll_shutdown(cx).map(|_| ())
    }

    fn abort(&mut self) {
        // Without this the kernel would go on offering the peer what it does not take.
        let _ = self.stream.set_zero_linger();
    }
}
