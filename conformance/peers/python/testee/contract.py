"""The control contract: a JSON object a line comes in, and a JSON object a line goes out."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from pulsewire_peer import CloseCode, InvalidOptions
from testee.endpoints import Endpoints
from testee.still import FEATURES as STILL_FEATURES
from testee.still import TesteeClock, collect, stall
from testee.wishes import Unsupported

CONTRACT = 1
GRACE_S = 1.0
STDIN = 0

HELLO = {
    "contract": CONTRACT,
    "name": "pulsewire-python-peer",
    "version": "0.1.0",
    "language": "Python",
    "transports": ["tcp", "ws", "grpc"],
    "roles": ["dial", "listen"],
    "features": ["always_beat", "optional_peers", "gateway", "legacy", *STILL_FEATURES],
}

type_of_error = {InvalidOptions: "invalid", Unsupported: "unsupported"}


def say(line: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):  # Nobody listens any more: the end of the input follows.
        print(json.dumps(line), flush=True)


class Contract:
    def __init__(self) -> None:
        self._clock = TesteeClock()
        self._endpoints = Endpoints(self._clock, say)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def answer(self, command: dict[str, Any]) -> None:
        try:
            say({"id": command["id"], "ok": await self._carry_out(command)})
        except Exception as error:
            kind = type_of_error.get(type(error), "failed")
            say({"id": command["id"], "err": kind, "why": str(error) or repr(error)})
            return
        # These hold up the whole process, so they come after the answer.
        match command["cmd"]:
            case "stall":
                stall(command["ms"])
            case "collect":
                say({"event": "state", "conn": "", "collected_ms": collect(command["ms"])})

    async def _carry_out(self, command: dict[str, Any]) -> dict[str, Any]:
        endpoints = self._endpoints
        match command["cmd"]:
            case "hello":
                return HELLO
            case "open":
                return await endpoints.open(command)
            case "send":
                endpoints.send(command)
            case "read":
                endpoints.read(command["conn"])
            case "close":
                code, reason = command.get("code", CloseCode.NORMAL), command.get("reason", "")
                endpoints.close(command["conn"], code, reason)
            case "suspend":
                self._clock.suspend(command["ms"])
            case "stall" | "collect" as name if name in STILL_FEATURES:
                pass
            case unknown:
                raise Unsupported(f"no command {unknown}")
        return {}

    async def end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await self._endpoints.close_all()


def pump(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[bytes | None]") -> None:
    """Not sys.stdin: a thread that waits in it would break the end of the interpreter."""
    rest = b""
    while octets := os.read(STDIN, 65_536):
        *whole, rest = (rest + octets).split(b"\n")
        for line in whole:
            loop.call_soon_threadsafe(lines.put_nowait, line)
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def main() -> None:
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    threading.Thread(target=pump, args=(loop, lines), daemon=True).start()
    contract = Contract()
    while (line := await lines.get()) is not None:
        try:
            command = json.loads(line)
            if command["cmd"] == "bye":
                break
        except (ValueError, TypeError, KeyError):
            print(f"no command: {line!r}", file=sys.stderr)
            continue
        contract.start(contract.answer(command))  # Each on its own: none waits for another.
    await contract.end()
