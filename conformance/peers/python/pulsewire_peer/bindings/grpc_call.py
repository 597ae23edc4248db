"""Frames as messages of one gRPC call (docs/bindings.md, section 3).

gRPC hands over the octets of each message as they are: decoding is the machine's, so that what is
malformed is answered with a Close here as on every other transport.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

import grpc
import grpc.aio

from pulsewire.v1 import service_pb2
from pulsewire_peer.bindings.streams import OPENING_S
from pulsewire_peer.core.ends import CloseCode, End, EndKind, Violation
from pulsewire_peer.core.options import Options
from pulsewire_peer.link import Link, Listener

SERVICE = service_pb2.DESCRIPTOR.services_by_name["LivenessService"].full_name
METHOD = "Connect"
SETTLE_S = 0.025
"""gRPC reads with threads of its own: this is how long they get to hand over what there is."""
STOP_S = 3.0
READ_AHEAD = 16
"""How many messages of a call wait between its thread and the event loop."""
IDLE_MS = 500
"""A TCP connection without a call is let go of: not every client library notices a reset while
its application does not read, but each notices this."""
LAST_WORD_S = 0.1
MAX_CALLS = 500
"""Of a listener at once; further ones are refused by gRPC."""

Status = grpc.StatusCode

# [PW-MAP-1], as it is written.
STATUS: dict[int, Status] = {
    CloseCode.NORMAL: Status.OK,
    CloseCode.GOING_AWAY: Status.UNAVAILABLE,
    CloseCode.HEARTBEAT_TIMEOUT: Status.DEADLINE_EXCEEDED,
    CloseCode.PROTOCOL_ERROR: Status.INVALID_ARGUMENT,
    CloseCode.UNSUPPORTED_VERSION: Status.FAILED_PRECONDITION,
    CloseCode.FRAME_TOO_LARGE: Status.RESOURCE_EXHAUSTED,
    CloseCode.MESSAGE_TOO_LARGE: Status.RESOURCE_EXHAUSTED,
    CloseCode.TOO_MANY_HEARTBEATS: Status.RESOURCE_EXHAUSTED,
    CloseCode.FIRST_FRAME_TIMEOUT: Status.DEADLINE_EXCEEDED,
    CloseCode.UNREAD_LIMIT: Status.RESOURCE_EXHAUSTED,
    CloseCode.OUTBOUND_BLOCKED: Status.ABORTED,
    CloseCode.UPSTREAM_LOST: Status.UNAVAILABLE,
    CloseCode.INTERNAL_ERROR: Status.INTERNAL,
}

# [PW-GRPC-7]: the statuses that name one code alone.
READ_WITHOUT_CLOSE = {
    Status.INVALID_ARGUMENT: CloseCode.PROTOCOL_ERROR,
    Status.FAILED_PRECONDITION: CloseCode.UNSUPPORTED_VERSION,
    Status.ABORTED: CloseCode.OUTBOUND_BLOCKED,
}


def end_of(status: Status) -> End:
    """How a status without Close is read."""
    if status in READ_WITHOUT_CLOSE:
        return End(EndKind.CLOSED_BY_PEER, READ_WITHOUT_CLOSE[status])
    if status is Status.OK:
        return End(EndKind.PEER_CLOSED)
    return End(EndKind.TRANSPORT_FAILED, reason=f"gRPC {status.name}")


def _settings(options: Options) -> list[tuple[str, Any]]:
    return [
        ("grpc.max_receive_message_length", options.max_frame_bytes),
        ("grpc.max_send_message_length", -1),
        # By default gRPC holds back the refusal of a message that is too long for up to 1 s.
        ("grpc.http.tarpit", 0),
    ]


class _CallLink:
    """gRPC shows whole messages only: no octets before a frame, none that wait in a write."""

    def __init__(self) -> None:
        self.on_octets: Callable[[], None] = lambda: None

    def unaccepted(self) -> int:
        return 0

    async def settle(self) -> None:
        await asyncio.sleep(SETTLE_S)


class ClientLink(_CallLink):
    def __init__(self, channel: grpc.aio.Channel) -> None:
        super().__init__()
        self._channel = channel
        method: grpc.aio.StreamStreamMultiCallable[bytes, bytes]
        method = channel.stream_stream(f"/{SERVICE}/{METHOD}")
        self._call = method()

    async def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        try:
            while isinstance(message := await self._call.read(), bytes):
                yield message
        except grpc.aio.AioRpcError:
            pass  # It says no more than the status.
        yield end_of(await self._call.code())

    async def write(self, frame: bytes) -> None:
        try:
            await self._call.write(frame)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise ConnectionError(str(error)) from error

    async def finish(self, _: int | None) -> None:
        await self._call.done_writing()  # [PW-GRPC-6]

    async def release(self, _: int | None) -> None:
        await self._call.done_writing()
        await self._call.code()

    async def abort(self) -> None:
        self._call.cancel()
        await self._channel.close()


class ServerLink(_CallLink):
    """One call of a server with threads.

    grpc.aio has no way to reset a call from the server: one whose client reads nothing would stay
    for ever, its status behind data that is never taken [PW-OUT-1]. The server with threads has
    `cancel`, for the price of two threads a call: gRPC runs `outgoing` in one, and one runs `pump`.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        incoming: Iterator[bytes],
        context: grpc.ServicerContext,
    ) -> None:
        super().__init__()
        self._loop = loop
        self._incoming = incoming
        self._context = context
        self._read_ahead = threading.Semaphore(READ_AHEAD)
        self._arrived: asyncio.Queue[bytes | End | None] = asyncio.Queue()
        self._to_send: SimpleQueue[tuple[bytes, asyncio.Event] | None] = SimpleQueue()
        self._over = asyncio.Event()
        self._finished = False

    def outgoing(self) -> Iterator[bytes]:
        while (item := self._to_send.get()) is not None:
            frame, accepted = item
            yield frame
            self._in_loop(accepted.set)  # gRPC asks for more when it has accepted this one.

    def pump(self) -> None:
        end = None
        try:
            for message in self._incoming:
                self._read_ahead.acquire()
                self._in_loop(self._arrived.put_nowait, message)
        except grpc.RpcError:
            end = end_of(Status.CANCELLED)
        self._in_loop(self._arrived.put_nowait, end)

    async def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        while (item := await self._arrived.get()) is not None:
            self._read_ahead.release()
            yield item

    async def write(self, frame: bytes) -> None:
        accepted = asyncio.Event()
        self._to_send.put((frame, accepted))
        await accepted.wait()

    async def finish(self, code: int | None) -> None:
        if code is not None:
            self._context.set_code(STATUS.get(code, Status.UNKNOWN))
        self._finished = True
        # [PW-GRPC-6]: another status makes some clients throw away the Close before it, so it
        # waits until the client has ended its stream; then comes `release`, or `abort` after 2 s.
        if code == CloseCode.NORMAL:
            self._to_send.put(None)

    async def release(self, code: int | None) -> None:
        await self.finish(code)
        self._to_send.put(None)
        await self._over.wait()

    async def abort(self) -> None:
        self._to_send.put(None)
        if self._finished:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORD_S):
                    await self._over.wait()
        self._context.cancel()
        for _ in range(READ_AHEAD):
            self._read_ahead.release()  # For `pump`, which may wait for a reader.

    def call_is_over(self) -> None:
        self._in_loop(self._over.set)

    def _in_loop(self, callback: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # The loop is closed.
            self._loop.call_soon_threadsafe(callback, *arguments)


class GrpcListener:
    def __init__(self, server: grpc.Server, threads: ThreadPoolExecutor, port: int) -> None:
        self._server = server
        self._threads = threads
        self.port = port

    def stop(self) -> None:
        self._server.stop(STOP_S)

    async def wait_closed(self) -> None:
        await asyncio.to_thread(self._server.stop(None).wait)
        await asyncio.to_thread(self._threads.shutdown)


async def dial(host: str, port: int, options: Options) -> Link:
    own_connection = ("grpc.use_local_subchannel_pool", 1)
    channel = grpc.aio.insecure_channel(
        f"{host}:{port}", [*_settings(options), own_connection, ("grpc.enable_http_proxy", 0)]
    )
    try:
        async with asyncio.timeout(OPENING_S):
            state = channel.get_state(try_to_connect=True)
            while state is not grpc.ChannelConnectivity.READY:
                if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                    raise ConnectionError(f"nobody at {host}:{port}")
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    except BaseException:
        await channel.close()
        raise
    return ClientLink(channel)


async def listen(
    accept: Callable[[Link], None], host: str, port: int, options: Options
) -> Listener:
    loop = asyncio.get_running_loop()
    threads = ThreadPoolExecutor(MAX_CALLS * 2, thread_name_prefix="pulsewire-grpc")

    def connect(incoming: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        context.send_initial_metadata(())  # [PW-GRPC-3]
        link = ServerLink(loop, incoming, context)
        if not context.add_callback(link.call_is_over):
            return iter(())  # It is over already.
        loop.call_soon_threadsafe(accept, link)
        threads.submit(link.pump)
        return link.outgoing()

    settings = [*_settings(options), ("grpc.max_connection_idle_ms", IDLE_MS)]
    server = grpc.server(threads, options=settings, maximum_concurrent_rpcs=MAX_CALLS)
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
    handlers = {METHOD: grpc.stream_stream_rpc_method_handler(connect)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    bound = server.add_insecure_port(f"{host}:{port}")
    server.start()
    return GrpcListener(server, threads, bound)
