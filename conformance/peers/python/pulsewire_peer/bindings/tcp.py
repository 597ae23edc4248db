"""Frames on a byte stream, each after its length (docs/bindings.md, section 1)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator

from pulsewire_peer.bindings.streams import READ_BYTES, StreamLink, StreamListener, open_stream
from pulsewire_peer.core.ends import CloseCode, End, Violation
from pulsewire_peer.core.options import Options
from pulsewire_peer.link import Link, Listener

MAX_LENGTH_OCTETS = 5


class Delimiter:
    """Finds the frames in octets, however these are cut into reads [PW-TCP-3]."""

    def __init__(self, max_frame_bytes: int) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._octets = bytearray()
        self._broken = False

    def feed(self, octets: bytes) -> Iterator[bytes | Violation]:
        if self._broken:
            return  # Nothing can be found any more behind a length that is none.
        self._octets += octets
        position = 0
        try:
            while (head := self._length_at(position)) is not None:
                length, start = head
                if len(self._octets) < start + length:
                    break
                position = start + length
                yield bytes(self._octets[start:position])
        except Violation as violation:
            self._broken, position = True, len(self._octets)
            yield violation
        finally:
            del self._octets[:position]

    def _length_at(self, position: int) -> tuple[int, int] | None:
        """The length of the next frame and where it starts; None if that is not there yet."""
        length = 0
        for index in range(MAX_LENGTH_OCTETS):
            if position + index == len(self._octets):
                return None
            octet = self._octets[position + index]
            length |= (octet & 0x7F) << 7 * index
            if octet < 0x80:
                break
        else:
            raise Violation(CloseCode.PROTOCOL_ERROR, "a length without end")  # [PW-TCP-4]
        if length > 0xFFFF_FFFF:
            raise Violation(CloseCode.PROTOCOL_ERROR, "a length of more than 32 bits")
        if length > self._max_frame_bytes:
            raise Violation(CloseCode.FRAME_TOO_LARGE, "frame too large")  # [PW-LIM-1]
        return length, position + index + 1


def delimited(frame: bytes) -> bytes:
    length, octets = len(frame), bytearray()
    while length > 0x7F:
        octets.append(length & 0x7F | 0x80)
        length >>= 7
    octets.append(length)
    return bytes(octets) + frame


class TcpLink(StreamLink):
    """A stream that is open already, with TLS or without."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, options: Options
    ) -> None:
        super().__init__(reader, writer)
        self._delimiter = Delimiter(options.max_frame_bytes)

    async def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        while octets := await self._reader.read(READ_BYTES):
            self.on_octets()  # [PW-TCP-5]
            for item in self._delimiter.feed(octets):
                yield item

    async def write(self, frame: bytes) -> None:
        self._writer.write(delimited(frame))
        await self._writer.drain()

    async def finish(self, _: int | None) -> None:
        if self._writer.can_write_eof():
            self._writer.write_eof()  # [PW-TCP-6]
        else:
            self._writer.close()  # TLS cannot end one direction alone.

    async def release(self, _: int | None) -> None:
        await self._close()


async def dial(host: str, port: int, options: Options) -> Link:
    return TcpLink(*await open_stream(host, port), options)


async def listen(
    accept: Callable[[Link], None], host: str, port: int, options: Options
) -> Listener:
    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accept(TcpLink(reader, writer, options))

    return StreamListener(await asyncio.start_server(accepted, host, port))
