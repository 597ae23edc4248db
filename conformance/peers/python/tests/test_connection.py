"""The driver, over a link that is none, with a clock that is set by hand where time matters."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable

import pytest

from pulsewire.v1.frame_pb2 import Frame
from pulsewire_peer import (
    CloseCode,
    Connection,
    ConnectionEnded,
    End,
    EndKind,
    Machine,
    Options,
)
from pulsewire_peer.clock import SuspendWatch, SystemClock
from pulsewire_peer.core import frames, machine
from pulsewire_peer.core.ends import Violation
from tests.peers import run, until


class FakeLink:
    def __init__(self) -> None:
        self.on_octets: Callable[[], None] = lambda: None
        self.incoming: asyncio.Queue[bytes | Violation | End | Exception | None] = asyncio.Queue()
        self.written: list[Frame] = []
        self.calls: list[str] = []
        self.fails = False
        self.held = b""

    async def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        while (item := await self.incoming.get()) is not None:
            if isinstance(item, Exception) and not isinstance(item, Violation):
                raise item
            yield item

    async def write(self, frame: bytes) -> None:
        if self.fails:
            raise ConnectionResetError("gone")
        self.written.append(frames.decode(frame))

    def unaccepted(self) -> int:
        return 0

    async def settle(self) -> None:
        if self.held:
            self.incoming.put_nowait(self.held)
        for _ in range(3):
            await asyncio.sleep(0)

    async def finish(self, code: int | None) -> None:
        self.calls.append(f"finish {code}")

    async def release(self, code: int | None) -> None:
        self.calls.append(f"release {code}")

    async def abort(self) -> None:
        self.calls.append("abort")

    async def closed(self) -> CloseCode:
        """The code of the Close that is written next."""
        await until(lambda: self.written and self.written[-1].HasField("close"))
        return CloseCode(self.written[-1].close.code)


def drive(link: FakeLink, options: Options | None = None) -> Connection:
    return Connection(link, Machine(options or Options(), random.random))


def test_after_a_close_the_peer_is_waited_for() -> None:
    async def test() -> None:
        link = FakeLink()
        connection = drive(link)
        connection.close(CloseCode.GOING_AWAY)
        assert await link.closed() is CloseCode.GOING_AWAY
        link.incoming.put_nowait(None)
        assert (await connection.wait_closed()).kind is EndKind.CLOSED
        assert link.calls == ["finish 2", "release 2", "abort"]

    run(test())


def test_a_link_that_fails_in_a_write_says_so_after_what_it_held() -> None:
    async def test() -> None:
        for held, kind in ((b"", EndKind.TRANSPORT_FAILED), (b"close", EndKind.CLOSED_BY_PEER)):
            link = FakeLink()
            link.fails = True
            link.held = frames.encode_close(CloseCode.NORMAL, "") if held else b""
            connection = drive(link, Options(heartbeat_time_ms=1000))
            assert (await connection.wait_closed()).kind is kind

    run(test())


def test_what_the_link_holds_is_read_before_the_peer_is_judged() -> None:
    async def test() -> None:
        link = FakeLink()
        link.held = Frame(version=1).SerializeToString()
        connection = drive(link, Options(heartbeat_time_ms=100, slack_ms=0))
        await asyncio.sleep(0.3)
        assert connection.end is None
        link.held = b""
        assert await link.closed() is CloseCode.HEARTBEAT_TIMEOUT
        link.incoming.put_nowait(None)
        await connection.wait_closed()

    run(test())


def test_a_defect_of_its_own_ends_the_connection_with_internal_error(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "PATIENCE_WITH_CLOSE_MS", 50)

    async def test() -> None:
        link = FakeLink()
        connection = drive(link)
        link.incoming.put_nowait(ZeroDivisionError())
        assert await link.closed() is CloseCode.INTERNAL_ERROR
        assert (await connection.wait_closed()).code is CloseCode.INTERNAL_ERROR

    run(test())
    assert "ZeroDivisionError" in caplog.text


def test_messages_stay_readable_after_the_end() -> None:
    async def test() -> None:
        link = FakeLink()
        connection = drive(link)
        link.incoming.put_nowait(frames.encode_data(b"last words", more=False))
        link.incoming.put_nowait(None)
        await connection.wait_closed()
        assert [message async for message in connection] == [b"last words"]
        with pytest.raises(ConnectionEnded, match="peer-closed"):
            connection.send(b"")

    run(test())


def test_a_suspend_is_a_wall_clock_that_runs_ahead() -> None:
    class Clock(SystemClock):
        ahead = 0.0

        def wall(self) -> float:
            return super().wall() + self.ahead

    clock = Clock()
    watch = SuspendWatch(clock)
    noticed = []
    for ahead in (500, 1600, 1600, -5000, -3000):
        clock.ahead = ahead
        noticed.append(watch.noticed())
    assert noticed == [False, True, False, False, True]
