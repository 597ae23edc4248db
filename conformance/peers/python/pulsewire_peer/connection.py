"""The driver: runs the machine over one link, with the clock and the tasks of asyncio."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from math import inf
from types import TracebackType
from typing import Self

from pulsewire_peer.clock import Clock, SuspendWatch, SystemClock
from pulsewire_peer.core.ends import CloseCode, End, EndKind, Violation
from pulsewire_peer.core.machine import Machine, Transport
from pulsewire_peer.link import Link

HIGH_WATER_BYTES = 1_048_576
RELEASE_S = 2.0
FRAMES_AT_ONCE = 100
"""After so many the event loop gets its turn, so that a flood holds up nobody else."""


log = logging.getLogger(__name__)


class ConnectionEnded(ConnectionError):
    """The connection has ended, for the reason in `end`."""

    def __init__(self, end: End) -> None:
        super().__init__(f"{end.kind.value} {end.code or ''} {end.reason}".strip())
        self.end = end


class Connection:
    """One connection; iterate over it for the messages that the peer sends."""

    def __init__(self, link: Link, machine: Machine, clock: Clock | None = None) -> None:
        self._link = link
        self._machine = machine
        self._clock = clock or SystemClock()
        self._suspend_watch = SuspendWatch(self._clock)
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = inf
        self._unaccepted: float = inf
        self._judging: asyncio.Task[None] | None = None
        link.on_octets = self._handle_octets
        machine.open(self._now())
        self._reading = asyncio.create_task(self._read())
        self._writing = asyncio.create_task(self._write())
        for task in (self._reading, self._writing):
            task.add_done_callback(self._handle_failure)
        self._running = asyncio.create_task(self._run())
        self._look()

    @property
    def end(self) -> End | None:
        """Why the connection ended; None while it is open."""
        return self._machine.end

    @property
    def heartbeat_time_ms(self) -> int | None:
        return self._machine.heartbeat_time_ms

    @property
    def round_trip_ms(self) -> float | None:
        return self._machine.round_trip_ms

    async def receive(self) -> bytes:
        """The next message; raises `ConnectionEnded` after the last one."""
        while (message := self._machine.take_message(self._now())) is None:
            if self._machine.end is not None:
                raise ConnectionEnded(self._machine.end)
            await self._change()
        self._look()
        return message

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with suppress(ConnectionEnded):
            while True:
                yield await self.receive()

    def send(self, message: bytes) -> None:
        """Send a message without waiting; `await drain()` now and then to bound what waits."""
        if self._machine.closing:
            raise ConnectionEnded(self._machine.end or End(EndKind.CLOSED))
        self._machine.send(message)
        self._look()

    async def drain(self) -> None:
        """Wait until little is waiting to be sent; raises `ConnectionEnded`."""
        while self._machine.waiting_bytes > HIGH_WATER_BYTES:
            await self._change()
        if self._machine.end is not None:
            raise ConnectionEnded(self._machine.end)

    def probe(self) -> None:
        """Ask the peer for a heartbeat."""
        self._machine.probe()
        self._look()

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None:
        """Send what waits, then Close; does nothing on a connection that has ended."""
        self._machine.close(code, reason, self._now())
        self._look()

    async def wait_closed(self) -> End:
        """Wait until nothing is left of the connection."""
        await asyncio.shield(self._running)
        assert self._machine.end is not None
        return self._machine.end

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(CloseCode.INTERNAL_ERROR if isinstance(error, Exception) else CloseCode.NORMAL)
        await self.wait_closed()

    def _now(self) -> float:
        return self._clock.monotonic()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _look(self) -> None:
        """Notice what a call of the machine has changed."""
        unaccepted = self._link.unaccepted()
        if unaccepted < self._unaccepted:
            self._machine.handle_progress(self._now())
        self._unaccepted = unaccepted
        if self._machine.must_read and self._judging is None:
            self._judging = asyncio.create_task(self._judge())
        due = self._machine.poll_timeout()
        if due < self._timer_due:  # One that is set too early finds nothing due, and is set again.
            if self._timer is not None:
                self._timer.cancel()
            delay = max(due - self._now(), 0) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay, self._handle_timeout)
            self._timer_due = due
        self._changed.set()

    def _handle_timeout(self) -> None:
        self._timer, self._timer_due = None, inf
        if self._suspend_watch.noticed():
            self._machine.handle_suspend(self._now())
        self._machine.handle_timeout(self._now())
        self._look()

    def _handle_octets(self) -> None:
        self._machine.handle_octets(self._now())
        self._look()

    async def _judge(self) -> None:
        await self._link.settle()
        self._look()
        self._machine.judge(self._now())
        self._judging = None
        self._look()

    async def _read(self) -> None:
        end, count = End(EndKind.PEER_CLOSED), 0
        try:
            async with aclosing(self._link.frames()) as items:
                async for item in items:
                    self._handle_item(item)
                    while not self._machine.reading:
                        await self._change()
                    count += 1
                    if count % FRAMES_AT_ONCE == 0:
                        await asyncio.sleep(0)
        except OSError as error:
            end = End(EndKind.TRANSPORT_FAILED, reason=str(error))
        self._machine.handle_transport_end(end)
        self._look()

    def _handle_item(self, item: bytes | Violation | End) -> None:
        match item:
            case bytes():
                self._machine.handle_frame(item, self._now())
            case Violation():
                self._machine.refuse(item, self._now())
            case End():
                self._machine.handle_transport_end(item)
        self._look()

    async def _write(self) -> None:
        try:
            while self._machine.transport is Transport.USE:
                frame = self._machine.poll_transmit(self._now())
                if frame is None:
                    await self._change()
                    continue
                self._machine.handle_blocked()
                self._look()
                self._unaccepted = inf
                await self._link.write(frame)
                self._machine.handle_accepted(self._now())
                self._look()
                await asyncio.sleep(0)  # So that a large message holds up nobody else.
            if self._machine.transport is Transport.FINISH:
                await self._link.finish(self._machine.close_code)
        except OSError as error:
            await self._link.settle()  # It may hold the reason: a Close, or how it ended.
            self._machine.handle_transport_end(End(EndKind.TRANSPORT_FAILED, reason=str(error)))
            self._look()

    def _handle_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection failed", exc_info=error)
            failure = Violation(CloseCode.INTERNAL_ERROR, "internal error")  # [PW-CLS-12]
            self._machine.refuse(failure, self._now())
            self._look()

    async def _run(self) -> None:
        """Watch over the tasks, until nothing is left of them and the link."""
        try:
            while self._machine.transport in (Transport.USE, Transport.FINISH):
                await self._change()
            self._writing.cancel()
            if self._machine.transport is Transport.RELEASE:
                with suppress(OSError):
                    async with asyncio.timeout(RELEASE_S):
                        await self._link.release(self._machine.close_code)
        finally:
            await self._link.abort()
            if self._timer is not None:
                self._timer.cancel()
            tasks = [task for task in (self._reading, self._writing, self._judging) if task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
