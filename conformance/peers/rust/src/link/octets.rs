//! Looks at the octets below a WebSocket: which are life, and how many were accepted.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most of a handshake that is held; more is the library's to refuse.
const MAX_HEAD: usize = 65_536;

/// A byte stream whose octets are counted.
pub(super) struct Octets<S> {
    stream: S,
    /// The head of the HTTP handshake, held until it is whole: the library takes many small reads
    /// of it for an attack, and a network may cut it as it likes.
    head: Vec<u8>,
    scanner: Scanner,
    written: u64,
}

impl<S> Octets<S> {
    pub fn new(stream: S) -> Self {
        Octets { stream, head: Vec::new(), scanner: Scanner::default(), written: 0 }
    }

    /// How many octets of life were read.
    pub fn life(&self) -> u64 {
        self.scanner.life
    }

    /// How many octets were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    pub fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: AsyncRead + Unpin> Octets<S> {
    /// Ready when the head is whole, too long, or cut short by the end of the stream.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.scanner.handshake_is_over() && self.head.len() < MAX_HEAD {
            let mut piece = [0; 1024];
            let mut buffer = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                break;
            }
            self.scanner.scan(buffer.filled());
            self.head.extend_from_slice(buffer.filled());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Octets<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_head(cx))?;
        if !self.head.is_empty() {
            let count = buffer.remaining().min(self.head.len());
            buffer.put_slice(&self.head[..count]);
            self.head.drain(..count);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.scanner.scan(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Octets<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(cx, octets))?;
        self.written += count as u64;
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Tells the octets of data frames, which are life, from those of pings, pongs and closes, which
/// are not [PW-LIV-2, PW-WS-7].
#[derive(Default)]
struct Scanner {
    life: u64,
    /// How many octets of the blank line that ends the HTTP handshake have been seen; all of
    /// them once it is over.
    blank_line: usize,
    header: Vec<u8>,
    payload_left: u64,
}

const BLANK_LINE: &[u8] = b"\r\n\r\n";

impl Scanner {
    fn handshake_is_over(&self) -> bool {
        self.blank_line == BLANK_LINE.len()
    }

    fn scan(&mut self, mut octets: &[u8]) {
        while let Some((&octet, rest)) = octets.split_first() {
            if !self.handshake_is_over() {
                let next = octet == BLANK_LINE[self.blank_line];
                self.blank_line = if next { self.blank_line + 1 } else { (octet == b'\r').into() };
                octets = rest;
            } else if self.payload_left > 0 {
                let count = self.payload_left.min(octets.len() as u64);
                self.count(count);
                self.payload_left -= count;
                octets = &octets[count as usize..];
            } else {
                if self.header_is_complete() {
                    self.header.clear();
                }
                self.header.push(octet);
                self.count(1);
                if self.header_is_complete() {
                    self.payload_left = self.payload_length();
                }
                octets = rest;
            }
        }
    }

    /// Counts octets of the frame whose header has begun.
    fn count(&mut self, octets: u64) {
        let is_control = self.header[0] & 0x08 != 0;
        self.life += if is_control { 0 } else { octets };
    }

    fn header_is_complete(&self) -> bool {
        let Some(second) = self.header.get(1) else {
            return false;
        };
        let length = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        self.header.len() == 2 + length + mask
    }

    fn payload_length(&self) -> u64 {
        let extended = match self.header[1] & 0x7f {
            126 => &self.header[2..4],
            127 => &self.header[2..10],
            length => return length.into(),
        };
        extended.iter().fold(0, |length, &octet| length << 8 | u64::from(octet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nA: b\r\r\n\r\n";

    /// Scans a connection in pieces of every length.
    fn life(frames: &[&[u8]]) -> u64 {
        let all = [HEAD, &frames.concat()].concat();
        let counts: Vec<_> = (1..=all.len())
            .map(|length| {
                let mut scanner = Scanner::default();
                all.chunks(length).for_each(|piece| scanner.scan(piece));
                scanner.life
            })
            .collect();
        assert!(counts.iter().all(|&count| count == counts[0]), "{counts:?}");
        counts[0]
    }

    #[test]
    fn data_is_life_and_control_is_not() {
        let ping = [&[0x89, 0x83, 1, 2, 3, 4][..], b"abc"].concat();
        let empty_ping = [0x89, 0x00];
        let data = [&[0x82, 0x85, 1, 2, 3, 4][..], b"abcde"].concat();
        let long = [&[0x82, 126, 1, 0][..], &[7; 256]].concat();
        let longer = [&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0][..], &[7; 65_536]].concat();
        let empty = [0x82, 0x00];
        assert_eq!(life(&[&ping, &empty_ping]), 0);
        assert_eq!(life(&[&data]), 11);
        assert_eq!(life(&[&ping, &data, &ping, &empty, &data]), 24);
        assert_eq!(life(&[&long, &ping, &data]), 271);
        let mut scanner = Scanner::default();
        scanner.scan(&[HEAD, &longer, &ping, &data].concat());
        assert_eq!(scanner.life, 65_546 + 11);
    }

    #[test]
    fn a_frame_that_is_not_complete_is_life_too() {
        assert_eq!(life(&[&[0x82]]), 1);
        assert_eq!(life(&[&[0x82, 126, 1]]), 3);
        assert_eq!(life(&[&[0x82, 0x05, 1, 2]]), 4);
    }
}
