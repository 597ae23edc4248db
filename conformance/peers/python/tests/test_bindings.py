"""The bindings and the driver, over real sockets."""

import asyncio
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pulsewire.v1.frame_pb2 import Frame
from pulsewire_peer import CloseCode, ConnectionEnded, End, EndKind, Options, connect
from pulsewire_peer.bindings import grpc_call, tcp, ws
from pulsewire_peer.core.frames import encode_data
from pulsewire_peer.link import Binding
from tests.peers import BINDINGS, HOST, listening, pair, run, until

DESCRIPTORS = Path("/dev/fd")

everywhere = pytest.mark.parametrize("binding", BINDINGS.values(), ids=BINDINGS)


@everywhere
def test_messages_arrive_whole_and_in_their_order(binding: Binding) -> None:
    messages = [b"one", b"", bytes(300_000), b"last"]

    async def test() -> None:
        async with pair(binding) as ends:
            for message in messages:
                ends.dialled.send(message)
                ends.accepted.send(message)
            for side in (ends.accepted, ends.dialled):
                assert [await side.receive() for _ in messages] == messages

    run(test())


@everywhere
def test_both_adopt_and_measure_the_round_trip(binding: Binding) -> None:
    async def test() -> None:
        async with pair(binding, Options(heartbeat_time_ms=200), Options(floor_ms=100)) as ends:
            await until(lambda: ends.dialled.round_trip_ms and ends.accepted.round_trip_ms)
            assert ends.accepted.heartbeat_time_ms == 200

    run(test())


@everywhere
@pytest.mark.parametrize("code", [*CloseCode, 77])
def test_a_close_says_why_on_both_ends(binding: Binding, code: int) -> None:
    async def test() -> None:
        for listener_closes in (False, True):
            async with pair(binding) as ends:
                closing = ends.accepted if listener_closes else ends.dialled
                closed = ends.dialled if listener_closes else ends.accepted
                closing.send(b"before")
                closing.close(code, "enough")
                assert await closed.receive() == b"before"
                assert await closing.wait_closed() == End(EndKind.CLOSED, code, "enough")
                assert await closed.wait_closed() == End(EndKind.CLOSED_BY_PEER, code, "enough")

    run(test())


@everywhere
def test_a_closing_server_sends_its_connections_away(binding: Binding) -> None:
    async def test() -> None:
        async with pair(binding) as ends:
            await ends.server.close()
            end = await ends.dialled.wait_closed()
            assert (end.kind, end.code) == (EndKind.CLOSED_BY_PEER, CloseCode.GOING_AWAY)
            with pytest.raises(OSError, match=r".*"):
                await connect(binding, HOST, ends.server.port, Options())

    run(test())


@everywhere
def test_a_frame_that_is_too_long_ends_the_connection(binding: Binding) -> None:
    async def test() -> None:
        async with pair(binding, accepting=Options(max_frame_bytes=1000)) as ends:
            ends.dialled.send(bytes(2000))
            await ends.ends()
            with pytest.raises(ConnectionEnded):
                await ends.accepted.receive()

    run(test())


@everywhere
def test_a_message_that_is_too_long_ends_the_connection(binding: Binding) -> None:
    async def test() -> None:
        async with pair(binding, accepting=Options(max_message_bytes=100_000)) as ends:
            ends.dialled.send(bytes(200_000))
            dialled, accepted = await ends.ends()
            assert (accepted.kind, accepted.code) == (EndKind.REFUSED, CloseCode.MESSAGE_TOO_LARGE)
            assert dialled.kind in (EndKind.CLOSED_BY_PEER, EndKind.TRANSPORT_FAILED)

    run(test())


@everywhere
def test_a_slow_application_slows_its_peer_down(binding: Binding) -> None:
    total = 40

    async def test() -> None:
        async with pair(binding, accepting=Options(max_unread_bytes=100_000)) as ends:
            for _ in range(total):
                ends.dialled.send(bytes(1_000_000))
            draining = asyncio.create_task(ends.dialled.drain())
            done, _ = await asyncio.wait([draining], timeout=0.3)
            assert not done
            for _ in range(total):
                assert len(await ends.accepted.receive()) == 1_000_000
            await draining

    run(test())


@everywhere
def test_a_peer_that_reads_nothing_is_let_go_of(binding: Binding) -> None:
    """Neither end ever reads, so both are blocked; each has to find an end by itself."""
    options = Options(heartbeat_time_ms=100, slack_ms=200, floor_ms=100, max_unread_bytes=1000)

    async def test() -> None:
        async with pair(binding, options, options) as ends:
            for side in (ends.dialled, ends.accepted):
                for _ in range(30):
                    side.send(bytes(1_000_000))
            kinds = {end.kind for end in await ends.ends()}
            assert EndKind.OUTBOUND_BLOCKED in kinds

    run(test())


@everywhere
@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="descriptors are not to be seen here")
def test_no_descriptor_is_left(binding: Binding) -> None:
    async def test() -> None:
        async with pair(binding) as ends:
            ends.accepted.close()

    run(test())  # gRPC opens some for good when it is first used.
    before = len(list(DESCRIPTORS.iterdir()))
    for _ in range(3):
        run(test())
    assert len(list(DESCRIPTORS.iterdir())) <= before


@everywhere
def test_nobody_to_connect_to(binding: Binding) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]

    async def test() -> None:
        with pytest.raises(OSError, match=r".*"):
            await connect(binding, HOST, port, Options())

    run(test())


def test_grpc_maps_codes_and_reads_them_back() -> None:
    assert {code.name for code in CloseCode} == {CloseCode(code).name for code in grpc_call.STATUS}
    assert grpc_call.end_of(grpc_call.Status.OK) == End(EndKind.PEER_CLOSED)
    assert grpc_call.end_of(grpc_call.Status.ABORTED).code == CloseCode.OUTBOUND_BLOCKED
    assert grpc_call.end_of(grpc_call.Status.UNAVAILABLE).kind is EndKind.TRANSPORT_FAILED


def test_websocket_maps_codes_and_reads_them_back() -> None:
    for code in CloseCode:
        read = ws.end_of(ws.websocket_code(code))
        assert read.code == (None if code is CloseCode.NORMAL else code)
    assert [ws.websocket_code(code) for code in (0, 999, 1000, -1)] == [4013, 4999, 4013, 4013]
    for plain in (1000, 1005, 3000, 4000, 4001, 4999):
        assert ws.end_of(plain) == End(EndKind.PEER_CLOSED)
    for failed in (1004, 1006, 1010, 1015, 2999):
        assert ws.end_of(failed).kind is EndKind.TRANSPORT_FAILED


@pytest.mark.parametrize("masked", [b"", b"\x80"])
def test_octets_of_websocket_data_are_told_from_control_frames(masked: bytes) -> None:
    bit, mask = (0x80, b"mask") if masked else (0, b"")
    long = bytes([0x82, 126 | bit]) + (300).to_bytes(2) + mask + bytes(300)
    huge = bytes([0x02, 127 | bit]) + (70_000).to_bytes(8) + mask + bytes(70_000)
    empty = bytes([0x80, 0 | bit]) + mask
    ping = bytes([0x89, 5 | bit]) + mask + b"\x82\x01\x00\x00\x00"
    close = bytes([0x88, 2 | bit]) + mask + b"\x03\xe8"
    frames = [(long, True), (ping, False), (huge, True), (empty, True), (close, False)]
    scanner = ws.DataOctets()
    for frame, is_data in frames:
        assert [scanner.feed(frame[i : i + 1]) for i in range(len(frame))] == [is_data] * len(frame)
    assert ws.DataOctets().feed(ping + close) is False
    assert ws.DataOctets().feed(ping + empty) is True


async def raw_handshake(port: int, headers: str) -> tuple[bytes, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
    )
    return await reader.readuntil(b"\r\n"), writer


def test_a_websocket_client_without_the_subprotocol_is_refused() -> None:
    async def test() -> None:
        async with listening(ws, Options()) as (server, accepted):
            for headers in ("", "Sec-WebSocket-Protocol: chat\r\n"):
                status, writer = await raw_handshake(server.port, headers)
                assert b" 400 " in status
                writer.close()
            assert accepted.empty()

    run(test())


def test_what_is_no_handshake_is_let_go_of() -> None:
    async def test() -> None:
        async with listening(ws, Options()) as (server, accepted):
            for octets in (b"\x00" * 100_000, b"GET / HTTP/1.1\r\n\r\n", b"nothing\r\n\r\n"):
                reader, writer = await asyncio.open_connection(HOST, server.port)
                writer.write(octets)
                with suppress(ConnectionError):
                    await reader.read()
                writer.close()
            _, unfinished = await asyncio.open_connection(HOST, server.port)
            assert accepted.empty()
        unfinished.close()

    run(test())


def test_half_a_tcp_connection_is_none() -> None:
    async def test() -> None:
        async with listening(tcp, Options()) as (server, accepted):
            reader, writer = await asyncio.open_connection(HOST, server.port)
            connection = await accepted.get()
            writer.write_eof()
            assert await connection.wait_closed() == End(EndKind.PEER_CLOSED)
            assert await reader.read() == b""
            writer.close()

    run(test())


def test_noise_ends_in_a_typed_close() -> None:
    noise = [b"\xff" * 20, b"\x00", b"\x02\x08\x00", b"\xff\xff\xff\xff\x0f", b"\x03abc"]

    async def test() -> None:
        async with listening(tcp, Options()) as (server, accepted):
            for octets in noise:
                reader, writer = await asyncio.open_connection(HOST, server.port)
                writer.write(octets)
                answer = await reader.read()
                code = int(Frame.FromString(answer[1:]).close.code)
                assert code in (CloseCode.PROTOCOL_ERROR, CloseCode.FRAME_TOO_LARGE)
                writer.close()
                end = await (await accepted.get()).wait_closed()
                assert (end.kind, end.code) == (EndKind.REFUSED, code)

    run(test())


def test_a_flood_of_tiny_frames_holds_up_nobody() -> None:
    """The event loop gets its turn after at most 50 ms of work."""
    flood = tcp.delimited(Frame(version=1).SerializeToString()) * 200_000

    async def test() -> None:
        async with listening(tcp, Options()) as (server, accepted):
            _, writer = await asyncio.open_connection(HOST, server.port)
            writer.write(flood + tcp.delimited(encode_data(b"last", more=False)))
            receiving = asyncio.create_task((await accepted.get()).receive())
            worst = 0.0
            while not receiving.done():
                before = time.thread_time()  # Not the time in which others had the processor.
                await asyncio.sleep(0)
                worst = max(worst, time.thread_time() - before)
            assert await receiving == b"last"
            assert worst < 0.05
            writer.close()

    run(test())
