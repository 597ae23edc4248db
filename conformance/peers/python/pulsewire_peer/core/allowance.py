"""How many heartbeats a peer may send."""

BURST = 600
PER_SECOND = 40


class HeartbeatAllowance:
    """[PW-LIM-3] as a bucket of tokens: one is taken by each heartbeat."""

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._counted_at = 0.0

    def open(self, now: float) -> None:
        self._counted_at = now

    def take(self, now: float) -> bool:
        self._refill(now)
        self._tokens -= 1
        return self._tokens >= 0

    def pause(self, now: float) -> None:
        self._refill(now)

    def resume(self, now: float) -> None:
        """What came during a pause came at its own pace: its allowance is not capped."""
        self._tokens += (now - self._counted_at) / 1000 * PER_SECOND
        self._counted_at = now

    def _refill(self, now: float) -> None:
        filled = min(self._tokens + (now - self._counted_at) / 1000 * PER_SECOND, BURST)
        self._tokens = max(self._tokens, filled)
        self._counted_at = now
