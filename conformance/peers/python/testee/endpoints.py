"""The connections and listeners that the suite has opened, and the application behind each."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count
from typing import Any

from pulsewire_peer import CloseCode, Connection, ConnectionEnded, Machine, Server
from pulsewire_peer.endpoint import Handler
from pulsewire_peer.link import Link
from testee.gateway import forward
from testee.legacy import LegacyMachine
from testee.still import TesteeClock
from testee.wishes import Unsupported, Wishes, binding_of, message_of

Say = Callable[[dict[str, Any]], None]


class Application:
    """What stands behind one connection: it reads, answers and streams as it is told to."""

    def __init__(self, connection: Connection, wishes: Wishes) -> None:
        self.connection = connection
        self._wishes = wishes
        self._may_read = asyncio.Event()
        if not wishes.paused:
            self._may_read.set()

    def read(self) -> None:
        self._may_read.set()

    async def run(self) -> None:
        """Returns when the connection has ended, for whatever reason."""
        streaming = asyncio.create_task(self._stream())
        replying = asyncio.create_task(self._reply())
        await self.connection.wait_closed()
        for task in (streaming, replying):
            task.cancel()
        await asyncio.gather(streaming, replying, return_exceptions=True)

    async def send(self, command: dict[str, Any], repeat: float) -> None:
        message, every_ms = message_of(command), command.get("every_ms")
        with suppress(ConnectionEnded):
            while repeat > 0:
                self.connection.send(message)
                repeat -= 1
                if every_ms is not None:
                    await self.connection.drain()
                    await asyncio.sleep(every_ms / 1000)

    async def _stream(self) -> None:
        if self._wishes.stream is not None:
            await self.send(self._wishes.stream, float("inf"))

    async def _reply(self) -> None:
        await self._may_read.wait()
        async for message in self.connection:
            if self._wishes.reply is not None:
                echo = self._wishes.reply == "echo"
                with suppress(ConnectionEnded):
                    self.connection.send(message if echo else str(len(message)).encode())
                    await self.connection.drain()


class Endpoints:
    def __init__(self, clock: TesteeClock, say: Say) -> None:
        self._clock = clock
        self._say = say
        self._applications: dict[str, Application] = {}
        self._servers: dict[str, Server] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, command: dict[str, Any]) -> dict[str, Any]:
        name, role = command["conn"], command["role"]
        binding, wishes = binding_of(command["transport"]), Wishes.of(command["config"])
        if role == "dial":
            address = command["address"]
            link = await binding.dial(address["host"], address["port"], wishes.options)
            self._start(self._run(name, self._connect(link, wishes), wishes))
            return {}
        if role != "listen":
            raise Unsupported(f"no role {role}")
        behind = self._gateway(command["forward"]) if "forward" in command else None
        server = Server(
            self._handler(name, wishes, behind), lambda link: self._connect(link, wishes)
        )
        await server.start(binding, "127.0.0.1", 0, wishes.options)
        self._servers[name] = server
        return {"address": {"host": "127.0.0.1", "port": server.port}}

    def send(self, command: dict[str, Any]) -> None:
        application = self._applications.get(command["conn"])
        if application is None:
            raise ConnectionError(f"no connection {command['conn']}")
        self._start(application.send(command, command.get("repeat", 1)))

    def read(self, name: str) -> None:
        if name in self._applications:
            self._applications[name].read()

    def close(self, name: str, code: int, reason: str) -> None:
        if name in self._servers:
            self._start(self._servers.pop(name).close())
        elif name in self._applications:  # It may be gone already, which is no error.
            self._applications[name].connection.close(code, reason)

    async def close_all(self) -> None:
        for name in list(self._servers):
            self.close(name, CloseCode.GOING_AWAY, "")
        for application in self._applications.values():
            application.connection.close(CloseCode.GOING_AWAY)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connect(self, link: Link, wishes: Wishes) -> Connection:
        kind = LegacyMachine if wishes.legacy else Machine
        return Connection(link, kind(wishes.options, random.random), self._clock)

    def _handler(self, name: str, wishes: Wishes, behind: Handler | None) -> Handler:
        numbers = count(1)

        async def handle(connection: Connection) -> None:
            own_name = f"{name}#{next(numbers)}"
            self._say({"event": "open", "conn": own_name, "listener": name})
            await self._run(own_name, connection, wishes, behind)

        return handle

    def _gateway(self, command: dict[str, Any]) -> Handler:
        """[PW-GWY-1]: two connections, each with a machine of its own."""
        binding, wishes = binding_of(command["transport"]), Wishes.of(command["config"])
        address = command["address"]

        async def connect() -> Connection:
            link = await binding.dial(address["host"], address["port"], wishes.options)
            return self._connect(link, wishes)

        return lambda incoming: forward(incoming, connect)

    async def _run(
        self, name: str, connection: Connection, wishes: Wishes, behind: Handler | None = None
    ) -> None:
        application = Application(connection, wishes)
        self._applications[name] = application
        await (behind(connection) if behind else application.run())
        end = await connection.wait_closed()
        del self._applications[name]
        self._say({"event": "end", "conn": name, "kind": end.kind.value, "code": end.code})

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
