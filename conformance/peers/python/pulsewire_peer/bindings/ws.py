"""Frames as binary messages of WebSocket (docs/bindings.md, section 2).

This uses the part of `websockets` that does no input and output, over a stream of asyncio: its
ready-made connection hides the octets of a message that is not complete [PW-WS-7], and the end
until the TCP connection is gone as well.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from pulsewire_peer.bindings.streams import (
    OPENING_S,
    READ_BYTES,
    StreamLink,
    StreamListener,
    open_stream,
)
from pulsewire_peer.core.ends import CloseCode, End, EndKind, Violation
from pulsewire_peer.core.options import Options
from pulsewire_peer.link import Link, Listener

SUBPROTOCOL = Subprotocol("pulsewire.v1")
MAX_PONG_BYTES = 65_536

# Of [PW-MAP-1], as it is read; what is not here is *peer closed* or a failure.
READ_WITHOUT_CLOSE: dict[int, CloseCode] = {
    1001: CloseCode.GOING_AWAY,
    1002: CloseCode.PROTOCOL_ERROR,
    1003: CloseCode.PROTOCOL_ERROR,
    1007: CloseCode.PROTOCOL_ERROR,
    1009: CloseCode.FRAME_TOO_LARGE,
    1011: CloseCode.INTERNAL_ERROR,
    1012: CloseCode.GOING_AWAY,
    1013: CloseCode.GOING_AWAY,
    **{4000 + code: code for code in CloseCode if code != CloseCode.NORMAL},
}


def websocket_code(code: int | None) -> int:
    """[PW-MAP-1], and 1000 for a side that has said nothing."""
    if code is None or code == CloseCode.NORMAL:
        return 1000
    return 4000 + code if 0 < code < 1000 else 4013


def end_of(code: int) -> End:
    """How a WebSocket close without Close is read [PW-WS-9]."""
    if code in READ_WITHOUT_CLOSE:
        return End(EndKind.CLOSED_BY_PEER, READ_WITHOUT_CLOSE[code])
    if code in (1000, 1005) or 3000 <= code < 5000:
        return End(EndKind.PEER_CLOSED)
    return End(EndKind.TRANSPORT_FAILED, reason=f"WebSocket {code}")


class DataOctets:
    """Tells octets of data from those of pings, pongs and closes [PW-LIV-2, PW-WS-6]."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._payload = 0
        self._data = False

    def feed(self, octets: bytes) -> bool:
        """Whether there are octets of data among these."""
        found, position = False, 0
        while position < len(octets):
            if self._payload:
                step = min(self._payload, len(octets) - position)
                self._payload -= step
            else:
                step = 1
                self._feed_head(octets[position])
            position += step
            found |= self._data
        return found

    def _feed_head(self, octet: int) -> None:
        head = self._head
        head.append(octet)
        self._data = head[0] & 0x08 == 0  # The other opcodes are those of control frames.
        if len(head) < 2:
            return
        extended = {126: 2, 127: 8}.get(head[1] & 0x7F, 0)
        mask = 4 if head[1] & 0x80 else 0
        if len(head) == 2 + extended + mask:
            length = head[2 : 2 + extended] if extended else (head[1] & 0x7F,)
            self._payload = int.from_bytes(length)
            head.clear()


class WsLink(StreamLink):
    """A stream whose WebSocket handshake is complete [PW-WS-8]."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        protocol: ClientProtocol | ServerProtocol,
    ) -> None:
        super().__init__(reader, writer)
        self._protocol = protocol
        self._data_octets = DataOctets()
        self._message = bytearray()
        self._ended = asyncio.Event()

    async def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        protocol = self._protocol
        try:
            while octets := await self._reader.read(READ_BYTES):
                if self._data_octets.feed(octets):
                    self.on_octets()  # [PW-WS-7]
                failed = protocol.parser_exc is not None
                protocol.receive_data(octets)
                self._flush()
                for event in protocol.events_received():
                    if isinstance(event, Frame) and (item := self._item(event)) is not None:
                        yield item
                if protocol.parser_exc is not None and not failed:
                    too_big = isinstance(protocol.parser_exc, PayloadTooBig)
                    code = CloseCode.FRAME_TOO_LARGE if too_big else CloseCode.PROTOCOL_ERROR
                    yield Violation(code, str(protocol.parser_exc))
                if self.unaccepted() > MAX_PONG_BYTES:
                    await self._writer.drain()  # Whoever pings without reading is not read either.
            if protocol.close_rcvd is None:
                yield end_of(1006)
        finally:
            self._ended.set()

    def _item(self, frame: Frame) -> bytes | Violation | End | None:
        if frame.opcode is Opcode.CLOSE and self._protocol.close_rcvd is not None:
            return end_of(self._protocol.close_rcvd.code)
        if frame.opcode is Opcode.TEXT:
            return Violation(CloseCode.PROTOCOL_ERROR, "a text message")  # [PW-WS-4]
        if frame.opcode not in (Opcode.BINARY, Opcode.CONT):
            return None
        self._message += frame.data
        if not frame.fin:
            return None
        message, self._message = bytes(self._message), bytearray()
        return message

    async def write(self, frame: bytes) -> None:
        # Once it has failed the connection the library has told the peer why [PW-WS-10].
        if self._protocol.state is State.OPEN:
            self._protocol.send_binary(frame)
            self._flush()
            await self._writer.drain()

    async def finish(self, code: int | None) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(websocket_code(code))  # [PW-WS-9]
            self._flush()

    async def release(self, code: int | None) -> None:
        if not self.unaccepted():
            await self.finish(code)
            # Closing TCP sooner would reset it, and throw away what the peer has not read; but
            # nobody waits for one that is down [PW-LIV-6].
            if code != CloseCode.HEARTBEAT_TIMEOUT:
                await self._ended.wait()
        await self._close()

    def _flush(self) -> None:
        for octets in self._protocol.data_to_send():
            if octets:
                self._writer.write(octets)
            elif self._writer.can_write_eof():
                self._writer.write_eof()


async def _handshake(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    protocol: ClientProtocol | ServerProtocol,
) -> WsLink:
    """Shake hands, and no more: frames that follow at once stay in `reader`."""
    link = WsLink(reader, writer, protocol)
    try:
        async with asyncio.timeout(OPENING_S):
            if isinstance(protocol, ClientProtocol):
                protocol.send_request(protocol.connect())
                link._flush()
            protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
            for event in protocol.events_received():
                if isinstance(event, Request) and isinstance(protocol, ServerProtocol):
                    protocol.send_response(protocol.accept(event))
            link._flush()
            await writer.drain()
        if protocol.state is not State.OPEN or protocol.subprotocol != SUBPROTOCOL:
            raise ConnectionError(f"no {SUBPROTOCOL}: {protocol.handshake_exc}")  # [PW-WS-2]
    except BaseException as error:
        writer.close()
        if isinstance(error, asyncio.IncompleteReadError | asyncio.LimitOverrunError):
            raise ConnectionError("no handshake of WebSocket") from error
        raise
    return link


class WsListener(StreamListener):
    def __init__(self, server: asyncio.Server, shaking_hands: set[asyncio.Task[None]]) -> None:
        super().__init__(server)
        self._shaking_hands = shaking_hands

    def stop(self) -> None:
        super().stop()
        for task in self._shaking_hands:
            task.cancel()


async def dial(host: str, port: int, options: Options) -> Link:
    protocol = ClientProtocol(
        parse_uri(f"ws://{host}:{port}/"),
        subprotocols=[SUBPROTOCOL],  # [PW-WS-1]
        max_size=options.max_frame_bytes,
    )
    return await _handshake(*await open_stream(host, port), protocol)


async def listen(
    accept: Callable[[Link], None], host: str, port: int, options: Options
) -> Listener:
    shaking_hands: set[asyncio.Task[None]] = set()

    async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Without extensions there is no compression [PW-WS-5].
        protocol = ServerProtocol(subprotocols=[SUBPROTOCOL], max_size=options.max_frame_bytes)
        with suppress(OSError):
            accept(await _handshake(reader, writer, protocol))

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(shake_hands(reader, writer))
        shaking_hands.add(task)
        task.add_done_callback(shaking_hands.discard)

    return WsListener(await asyncio.start_server(accepted, host, port), shaking_hands)
