"""Round-trip time, from the timestamps that heartbeats carry anyway [PW-RTT-1]."""

from pulsewire.v1.frame_pb2 import Heartbeat

UINT32 = 1 << 32


def _microseconds(now: float) -> int:
    return int(now * 1000)


class RoundTrip:
    """A timestamp is this side's clock in microseconds, modulo 2^32: it wraps after 71 minutes."""

    def __init__(self) -> None:
        self.milliseconds: float | None = None
        self._heard: int | None = None
        self._heard_at = 0

    def hear(self, heartbeat: Heartbeat, now: float, at_most: float) -> None:
        clock = _microseconds(now)
        if heartbeat.HasField("timestamp"):
            self._heard, self._heard_at = heartbeat.timestamp, clock
        if heartbeat.HasField("echo") and heartbeat.HasField("held_us"):
            age = (clock - heartbeat.echo) % UINT32
            measured = (age - heartbeat.held_us) / 1000
            # [PW-RTT-3]; an echo from the future has an age of nearly 2^32.
            if 0 <= measured <= at_most and age < UINT32 // 2:
                self.milliseconds = measured

    def stamp(self, heartbeat: Heartbeat, now: float) -> None:
        clock = _microseconds(now)
        heartbeat.timestamp = clock % UINT32
        if self._heard is not None and clock - self._heard_at < UINT32:
            heartbeat.echo = self._heard  # [PW-RTT-2]
            heartbeat.held_us = clock - self._heard_at
