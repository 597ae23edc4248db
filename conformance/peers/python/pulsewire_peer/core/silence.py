"""How long the peer has said nothing, and what follows from it."""

from enum import Enum, auto
from math import inf

from pulsewire_peer.core.options import Options


class Verdict(Enum):
    ALIVE = auto()
    SUSPECT = auto()
    DOWN = auto()


class Silence:
    def __init__(self, options: Options) -> None:
        self._slack = options.slack_ms
        self._optional = options.peer_optional
        self._promise: int | None = None  # P
        self._last_octet_at = 0.0
        self._suspected = False
        self._pardoned_until: float | None = None
        self._paused_at: float | None = None

    def hear_octets(self, now: float) -> None:
        self._last_octet_at = now
        self._suspected = False  # [PW-PRB-5]
        self._pardoned_until = None

    def hear_promise(self, heartbeat_time: int) -> None:
        self._promise = heartbeat_time

    def pause(self, now: float) -> None:
        self._paused_at = now

    def resume(self, now: float) -> None:
        """[PW-LIV-9]: what did not count moves everything that counts."""
        if self._paused_at is None:
            return
        pause = now - max(self._paused_at, self._last_octet_at)
        self._last_octet_at += pause
        if self._pardoned_until is not None:
            self._pardoned_until += pause
        self._paused_at = None

    def counts(self, heartbeat_time: int | None) -> bool:
        """Whether the peer has to speak at all [PW-LIV-8, PW-LIV-10]."""
        return heartbeat_time is not None and not (self._optional and self._promise is None)

    def patience(self, heartbeat_time: int | None) -> float:
        """max(E, P) plus slack."""
        return max(heartbeat_time or 0, self._promise or 0) + self._slack

    def next_judgement(self, heartbeat_time: int | None) -> float:
        if self._paused_at is not None or not self.counts(heartbeat_time):
            return inf
        if self._suspected:
            return self._deadline(heartbeat_time)
        return self._suspect_at(heartbeat_time)

    def judge(self, now: float, heartbeat_time: int | None) -> Verdict:
        if now < self.next_judgement(heartbeat_time):
            return Verdict.ALIVE
        late = now - self._deadline(heartbeat_time)
        if late < 0:
            self._suspected = True  # [PW-PRB-1]
            return Verdict.SUSPECT
        if self._pardoned_until is None and late > self._slack:
            # [PW-CLK-3]; [PW-CLK-4] is that this is forgotten only with the silence.
            self._suspected = True
            self._pardoned_until = now + self._slack
            return Verdict.SUSPECT
        return Verdict.DOWN

    def _suspect_at(self, heartbeat_time: int | None) -> float:
        return self._last_octet_at + self.patience(heartbeat_time) - self._slack / 2

    def _deadline(self, heartbeat_time: int | None) -> float:
        if self._pardoned_until is not None:
            return self._pardoned_until
        return self._last_octet_at + self.patience(heartbeat_time)
