"""The clocks of this machine, in milliseconds."""

import time
from typing import Protocol

SUSPENDED_MS = 1000
"""How far the wall clock runs ahead before that is a suspend [PW-CLK-5]."""


class Clock(Protocol):
    def monotonic(self) -> float: ...

    def wall(self) -> float: ...


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic_ns() / 1e6

    def wall(self) -> float:
        return time.time_ns() / 1e6


class SuspendWatch:
    """Notices that the machine was suspended, which the monotonic clock may not count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = clock.wall() - clock.monotonic()

    def noticed(self) -> bool:
        """Whether it was since the last look."""
        before, self._ahead = self._ahead, self._clock.wall() - self._clock.monotonic()
        return self._ahead - before >= SUSPENDED_MS
