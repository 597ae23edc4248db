"""Two peers in one process, for the tests of bindings and driver."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from pulsewire_peer import Connection, End, Options, Server, connect, serve
from pulsewire_peer.bindings import grpc_call, tcp, ws
from pulsewire_peer.link import Binding

HOST = "127.0.0.1"
BINDINGS: dict[str, Binding] = {"tcp": tcp, "ws": ws, "grpc": grpc_call}


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test, and see that no task and no thread of it is left."""

    async def body() -> None:
        async with asyncio.timeout(20):
            await test
        await asyncio.sleep(0)
        # gRPC keeps tasks of its own that wait for calls that have been cancelled.
        left = [task for task in asyncio.all_tasks() if "pulsewire" in repr(task)]
        assert not left

    asyncio.run(body())
    assert not [thread for thread in threading.enumerate() if "pulsewire" in thread.name]


async def until(condition: Callable[[], object]) -> None:
    """Waits for what nothing announces."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


class Pair:
    """The two ends of one connection."""

    def __init__(self, server: Server, dialled: Connection, accepted: Connection) -> None:
        self.server = server
        self.dialled = dialled
        self.accepted = accepted

    async def ends(self) -> tuple[End, End]:
        return await self.dialled.wait_closed(), await self.accepted.wait_closed()


@asynccontextmanager
async def listening(
    binding: Binding, options: Options
) -> AsyncIterator[tuple[Server, "asyncio.Queue[Connection]"]]:
    accepted: asyncio.Queue[Connection] = asyncio.Queue()

    async def handle(connection: Connection) -> None:
        accepted.put_nowait(connection)
        await connection.wait_closed()

    server = await serve(binding, handle, HOST, 0, options)
    try:
        yield server, accepted
    finally:
        await server.close()


@asynccontextmanager
async def pair(
    binding: Binding,
    dialling: Options = Options(),  # noqa: B008 (immutable)
    accepting: Options = Options(),  # noqa: B008
) -> AsyncIterator[Pair]:
    async with listening(binding, accepting) as (server, accepted):
        dialled = await connect(binding, HOST, server.port, dialling)
        yield Pair(server, dialled, await accepted.get())
        dialled.close()
        await dialled.wait_closed()
