"""When this side sends heartbeats, and with which heartbeat-time."""

from collections.abc import Callable
from math import inf

from pulsewire_peer.core.options import CEILING_MS, Options

ANSWERS_APART_MS = 100
EARLIEST, LATEST = 0.75, 0.95
"""The next beat falls between these parts of E after the last transmission [PW-SND-5]. The last
twentieth of E is left to timers that fire late, for E itself must not be passed [PW-SND-3]."""


class Cadence:
    def __init__(self, options: Options, random: Callable[[], float]) -> None:
        self.heartbeat_time: int | None = options.heartbeat_time_ms
        """E, the effective heartbeat-time; None while this side is passive."""
        own = options.heartbeat_time_ms or CEILING_MS
        self._floor = min(options.floor_ms, own)  # [PW-ADP-4]
        self._always_beat = options.always_beat
        self._random = random
        self._beat_at: float | None = None
        self._answer_at: float | None = None
        self._answered_at = -inf
        # Each of these is one heartbeat that waits for the transport.
        self._beat_due = False
        self._answer_due = False
        self._probe_due = False

    @property
    def waits(self) -> bool:
        return self._beat_due or self._answer_due or self._probe_due

    def open(self) -> None:
        self._beat_due = self.heartbeat_time is not None  # [PW-SND-1]

    def hear(self, heartbeat_time: int) -> None:
        """The peer advertised this one, which is neither 0 nor above the ceiling."""
        if self.heartbeat_time is not None and heartbeat_time >= self.heartbeat_time:
            return  # [PW-ADP-3]
        adopted = max(heartbeat_time, self._floor)
        if adopted != self.heartbeat_time:
            self.heartbeat_time = adopted  # [PW-ADP-2]
            self._beat_due = True  # [PW-SND-2]

    def hear_probe(self, now: float) -> None:
        if self._answer_at is None:
            # [PW-PRB-3]: a probe that comes sooner shares the answer that is already owed.
            self._answer_at = max(now, self._answered_at + ANSWERS_APART_MS)
            self.handle_timeout(now)

    def probe(self) -> None:
        self._probe_due = True

    def handle_timeout(self, now: float) -> None:
        if self._beat_at is not None and self._beat_at <= now:
            self._beat_at, self._beat_due = None, True
        if self._answer_at is not None and self._answer_at <= now:
            self._answer_due = True

    def poll_timeout(self) -> float:
        beat = inf if self._beat_at is None else self._beat_at
        answer = inf if self._answer_at is None or self._answer_due else self._answer_at
        return min(beat, answer)

    def take(self, now: float) -> bool:
        """Take the heartbeat that waits; returns whether it is a probe."""
        probe = self._probe_due and not self._answer_due  # [PW-PRB-4]
        if probe:
            self._probe_due = False
        if self._answer_due:
            self._answer_due, self._answer_at, self._answered_at = False, None, now
        self._beat_due = False  # An answer and a probe carry E too: they announce it as well.
        return probe

    def transmitted(self, now: float, *, heartbeat: bool) -> None:
        """[PW-SND-6]: data takes the place of a heartbeat, unless this side always beats."""
        if self.heartbeat_time is not None and (heartbeat or not self._always_beat):
            share = EARLIEST + (LATEST - EARLIEST) * self._random()
            self._beat_at = now + self.heartbeat_time * share
