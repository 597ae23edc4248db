"""What TCP and WebSocket have in common: a byte stream of asyncio."""

import asyncio
from collections.abc import Callable

OPENING_S = 5.0
"""For connecting, and then for shaking hands."""

READ_BYTES = 16_384
"""So few at a time that even the smallest frames in them hold up nobody else."""

ITERATIONS_OF_A_READ = 4
"""Of the event loop: it polls sockets, reads this one, wakes the reader, and the reader runs."""


async def open_stream(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # asyncio sets TCP_NODELAY by itself [PW-TCP-7].
    async with asyncio.timeout(OPENING_S):
        return await asyncio.open_connection(host, port)


class StreamLink:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        # Not even one octet waits in the process once a frame counts as accepted.
        writer.transport.set_write_buffer_limits(high=0)
        self.on_octets: Callable[[], None] = lambda: None

    def unaccepted(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    async def settle(self) -> None:
        for _ in range(ITERATIONS_OF_A_READ):
            await asyncio.sleep(0)

    async def abort(self) -> None:
        self._writer.transport.abort()

    async def _close(self) -> None:
        if self.unaccepted():
            self._writer.transport.abort()  # What is left would follow the end [PW-CLS-3].
        self._writer.close()
        await self._writer.wait_closed()


class StreamListener:
    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.close()

    async def wait_closed(self) -> None:
        await self._server.wait_closed()
