"""Frames as messages of one gRPC call (docs/bindings.md, section 3).

gRPC hands over the octets of each message as they are: decoding is the machine's, so that what is
malformed is answered with a Close here as on every other transport.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio

from pulsewire.v1 import service_pb2
from pulsewire_peer.core.ends import CloseCode, End, EndKind, Violation
from pulsewire_peer.core.options import Options
from pulsewire_peer.link import Link, Listener

SERVICE = service_pb2.DESCRIPTOR.services_by_name["LivenessService"].full_name
METHOD = "Connect"
DIAL_S = 10.0
SETTLE_S = 0.025
"""gRPC reads with threads of its own: this is how long they get to hand over what there is."""
STOP_S = 3.0

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

    async def frames(self) -> AsyncIterator[bytes | Violation | End]:
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

    async def finish(self, code: int) -> None:
        await self._call.done_writing()  # [PW-GRPC-6]

    async def release(self) -> None:
        await self._call.done_writing()
        await self._call.code()

    async def abort(self) -> None:
        self._call.cancel()
        await self._channel.close()


class ServerLink(_CallLink):
    def __init__(self, context: "grpc.aio.ServicerContext[bytes, bytes]") -> None:
        super().__init__()
        self._context = context
        self._status = Status.OK
        self._over = asyncio.Event()
        self._cancelled = False

    async def serve(self) -> None:
        """Returns when the call is to end, which is what ends it."""
        try:
            await self._over.wait()
        except asyncio.CancelledError:
            self._cancelled = True
            raise
        self._context.set_code(self._status)

    async def frames(self) -> AsyncIterator[bytes | Violation | End]:
        while isinstance(message := await self._context.read(), bytes):
            yield message
        if self._cancelled:
            yield end_of(Status.CANCELLED)

    async def write(self, frame: bytes) -> None:
        try:
            await self._context.write(frame)
        except (grpc.aio.BaseError, asyncio.InvalidStateError) as error:
            raise ConnectionError(str(error)) from error

    async def finish(self, code: int) -> None:
        self._status = STATUS.get(code, Status.UNKNOWN)
        # [PW-GRPC-6]: another status makes some clients throw away the Close before it, so it
        # waits until the client has ended its stream; then comes `release`, or `abort` after 2 s.
        if self._status is Status.OK:
            self._over.set()

    async def release(self) -> None:
        self._over.set()

    async def abort(self) -> None:
        self._over.set()


class GrpcListener:
    def __init__(self, server: grpc.aio.Server, port: int) -> None:
        self._server = server
        self._stopping: asyncio.Task[None] | None = None
        self.port = port

    def stop(self) -> None:
        self._stopping = asyncio.create_task(self._server.stop(STOP_S))

    async def wait_closed(self) -> None:
        if self._stopping is not None:
            await self._stopping


async def dial(host: str, port: int, options: Options) -> Link:
    own_connection = ("grpc.use_local_subchannel_pool", 1)
    channel = grpc.aio.insecure_channel(
        f"{host}:{port}", [*_settings(options), own_connection, ("grpc.enable_http_proxy", 0)]
    )
    try:
        async with asyncio.timeout(DIAL_S):
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
    async def connect(
        _: AsyncIterator[bytes], context: "grpc.aio.ServicerContext[bytes, bytes]"
    ) -> None:
        await context.send_initial_metadata(())  # [PW-GRPC-3]
        link = ServerLink(context)
        accept(link)
        await link.serve()

    server = grpc.aio.server(options=_settings(options))
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
    handlers = {METHOD: grpc.stream_stream_rpc_method_handler(connect)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    bound = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return GrpcListener(server, bound)
