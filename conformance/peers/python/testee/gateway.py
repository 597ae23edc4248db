"""A gateway: passes messages, and not frames, between two connections [PW-GWY-2]."""

import asyncio
from collections.abc import Awaitable, Callable

from pulsewire_peer import CloseCode, Connection, ConnectionEnded


async def forward(incoming: Connection, connect: Callable[[], Awaitable[Connection]]) -> None:
    try:
        outgoing = await connect()
    except OSError:
        incoming.close(CloseCode.UPSTREAM_LOST)
        return
    await asyncio.gather(_pass_on(incoming, outgoing), _pass_on(outgoing, incoming))
    await outgoing.wait_closed()


async def _pass_on(source: Connection, sink: Connection) -> None:
    try:
        while True:
            sink.send(await source.receive())
            await sink.drain()
    except ConnectionEnded:  # Of either: whichever is left is closed [PW-GWY-4].
        source.close(CloseCode.UPSTREAM_LOST)
        sink.close(CloseCode.UPSTREAM_LOST)
