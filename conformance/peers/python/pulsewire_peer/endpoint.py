"""Connecting and serving over any binding."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from pulsewire_peer.connection import Connection, ConnectionEnded
from pulsewire_peer.core.ends import CloseCode
from pulsewire_peer.core.machine import Machine
from pulsewire_peer.core.options import Options
from pulsewire_peer.link import Binding, Link, Listener

log = logging.getLogger(__name__)

Connect = Callable[[Link], Connection]
Handler = Callable[[Connection], Awaitable[None]]


def run_over(link: Link, options: Options) -> Connection:
    return Connection(link, Machine(options, random.random))


async def connect(binding: Binding, host: str, port: int, options: Options) -> Connection:
    """Connect to a peer; raises ConnectionError, or TimeoutError, which is an OSError."""
    return run_over(await binding.dial(host, port, options), options)


class Server:
    """Listens, and runs `handler` for each connection; returning from it closes that one."""

    def __init__(self, handler: Handler, run: Connect) -> None:
        self._handler = handler
        self._run_over = run
        self._listener: Listener
        self._handling: dict[asyncio.Task[None], Connection] = {}

    async def start(self, binding: Binding, host: str, port: int, options: Options) -> None:
        self._listener = await binding.listen(self._accept, host, port, options)

    @property
    def port(self) -> int:
        return self._listener.port

    async def close(self, code: int = CloseCode.GOING_AWAY) -> None:
        """Stop listening, close all connections, and wait until they are gone [PW-CLS-11]."""
        self._listener.stop()
        for connection in self._handling.values():
            connection.close(code)
        await asyncio.gather(*self._handling, return_exceptions=True)
        await self._listener.wait_closed()

    def _accept(self, link: Link) -> None:
        connection = self._run_over(link)
        task = asyncio.create_task(self._handle(connection))
        self._handling[task] = connection
        task.add_done_callback(self._handling.pop)

    async def _handle(self, connection: Connection) -> None:
        try:
            await self._handler(connection)
        except ConnectionEnded:
            pass
        except Exception:
            log.exception("the handler of a connection failed")
            connection.close(CloseCode.INTERNAL_ERROR)  # [PW-CLS-12]
        finally:
            connection.close()
            await connection.wait_closed()


async def serve(
    binding: Binding, handler: Handler, host: str, port: int, options: Options
) -> Server:
    server = Server(handler, lambda link: run_over(link, options))
    await server.start(binding, host, port, options)
    return server
