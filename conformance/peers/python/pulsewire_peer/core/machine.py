"""The protocol without input and output: no socket, no clock, no timer, no thread.

Whoever drives it says what happens and when, in milliseconds of any monotonic clock, and looks
at what comes out after each call: `poll_transmit`, `poll_timeout`, `take_message`, and the
attributes `transport`, `close_code`, `reading`, `must_read` and `end`.
"""

from collections.abc import Callable
from enum import Enum
from math import inf

from pulsewire.v1.frame_pb2 import Close, Frame, Heartbeat
from pulsewire_peer.core import frames
from pulsewire_peer.core.allowance import HeartbeatAllowance
from pulsewire_peer.core.cadence import Cadence
from pulsewire_peer.core.ends import CloseCode, End, EndKind, Violation
from pulsewire_peer.core.inbox import Inbox
from pulsewire_peer.core.options import CEILING_MS, Options
from pulsewire_peer.core.outbox import Outbox
from pulsewire_peer.core.round_trip import RoundTrip
from pulsewire_peer.core.silence import Silence, Verdict

PATIENCE_WITH_CLOSE_MS = 2000
"""[PW-CLS-8]"""


class Transport(Enum):
    """What the driver has to do with the transport."""

    USE = "use"
    FINISH = "finish"
    """Close has gone out: end this direction, and wait for the peer to end its own."""
    RELEASE = "release"
    """Close it in good order, and wait for nobody."""
    ABORT = "abort"


class Machine:
    def __init__(self, options: Options, random: Callable[[], float]) -> None:
        """`random` gives numbers from 0 to 1, as `random.random` does."""
        self._options = options
        self._cadence = Cadence(options, random)
        self._silence = Silence(options)
        self._allowance = HeartbeatAllowance()
        self._inbox = Inbox(options.max_message_bytes, options.max_unread_bytes)
        self._outbox = Outbox()
        self._round_trip = RoundTrip()
        self._first_frame_by: float | None = None
        self._first_frame_seen = False
        self._version_agreed = False
        self._blocked = False
        self._accepted_at = 0.0
        self._close_frame: bytes | None = None
        self._closed = End(EndKind.CLOSED, CloseCode.NORMAL)
        self._paused = False
        self.transport = Transport.USE
        self.reading = True
        """Whether the driver is to read from the transport."""
        self.must_read = False
        """Read once what the transport holds, then call `judge` [PW-CLK-2]."""
        self.close_code: int | None = None
        """What this side said in its Close, once that was handed to the transport."""
        self.end: End | None = None

    @property
    def heartbeat_time_ms(self) -> int | None:
        return self._cadence.heartbeat_time

    @property
    def round_trip_ms(self) -> float | None:
        return self._round_trip.milliseconds

    @property
    def closing(self) -> bool:
        """Whether the application has closed, or the connection has ended."""
        return self._close_frame is not None or self.end is not None

    @property
    def waiting_bytes(self) -> int:
        """How much data has not been handed to the transport yet."""
        return self._outbox.waiting_bytes

    # What the application does.

    def send(self, message: bytes) -> None:
        if not self.closing:
            self._outbox.put(message)

    def probe(self) -> None:
        if not self.closing:
            self._cadence.probe()

    def close(self, code: int, reason: str, now: float) -> None:
        if self.closing:
            return
        code = code or CloseCode.NORMAL  # 0 is never sent.
        self._close_frame = frames.encode_close(code, reason)
        self._closed = End(EndKind.CLOSED, code, reason)
        self._accepted_at = now
        self._update_reading(now)

    def take_message(self, now: float) -> bytes | None:
        message = self._inbox.take()
        self._update_reading(now)
        return message

    def pause(self, now: float) -> None:
        self._paused = True
        self._update_reading(now)

    def resume(self, now: float) -> None:
        self._paused = False
        self._update_reading(now)

    # What the transport does.

    def open(self, now: float) -> None:
        self._accepted_at = now
        self._allowance.open(now)
        self._silence.hear_octets(now)
        self._cadence.open()

    def handle_octets(self, now: float) -> None:
        """Octets came, whatever they belong to [PW-LIV-1]."""
        if self.end is not None:
            return
        self._silence.hear_octets(now)
        if self._first_frame_by is None and not self._first_frame_seen:
            self._first_frame_by = now + self._options.first_frame_timeout_ms

    def handle_frame(self, octets: bytes, now: float) -> None:
        """A whole frame came, without what delimits it."""
        if self.end is not None:
            return  # [PW-CLS-9]
        self.handle_octets(now)
        self._first_frame_seen, self._first_frame_by = True, None
        try:
            self._handle_frame(octets, now)
        except Violation as violation:
            self.refuse(violation, now)

    def handle_blocked(self) -> None:
        """The transport has not accepted all of what was polled, and takes nothing more."""
        self._blocked = True

    def handle_accepted(self, now: float) -> None:
        """The transport has accepted all of what was polled, and takes more."""
        self._blocked, self._accepted_at = False, now
        is_down = self.end is not None and self.end.kind is EndKind.PEER_SILENT
        if is_down and self.transport is Transport.FINISH:
            self.transport = Transport.RELEASE  # Nobody waits for one that is down [PW-LIV-6].

    def handle_progress(self, now: float) -> None:
        """The transport has accepted some octets of it."""
        self._accepted_at = now  # [PW-OUT-2]

    def handle_transport_end(self, end: End) -> None:
        if self.transport in (Transport.USE, Transport.FINISH):
            self._finish(end, Transport.RELEASE)  # [PW-CLS-4]

    def handle_suspend(self, now: float) -> None:
        """The wall clock ran ahead of the monotonic one: the machine was suspended."""
        if self.end is None and self._silence.counts(self.heartbeat_time_ms):
            self._cadence.probe()  # [PW-CLK-5]

    def refuse(self, violation: Violation, now: float) -> None:
        """End the connection because of what the peer did."""
        if self.end is not None:
            return
        code, reason = violation.code, violation.reason
        lowest = frames.VERSION if code == CloseCode.UNSUPPORTED_VERSION else None  # [PW-VER-5]
        self._end_with_close(EndKind.REFUSED, code, reason, now, lowest)

    # What time does.

    def handle_timeout(self, now: float) -> None:
        """What this side owes by its own clock is due at once; the peer is judged by `judge`."""
        if self.end is None:
            self._cadence.handle_timeout(now)
        if self._next_judgement() <= now:
            self.must_read = True

    def judge(self, now: float) -> None:
        self.must_read = False
        if self._patience_ends() <= now:
            self._finish(self._closed, Transport.ABORT)  # [PW-CLS-8]
        elif self.end is not None:
            return
        elif self._first_frame_by is not None and self._first_frame_by <= now:
            late = Violation(CloseCode.FIRST_FRAME_TIMEOUT, "first frame not finished")
            self.refuse(late, now)  # [PW-LIM-4]
        elif self._blocked_until() <= now:
            self._finish(End(EndKind.OUTBOUND_BLOCKED), Transport.ABORT)  # [PW-OUT-1]
        else:
            verdict = self._silence.judge(now, self.heartbeat_time_ms)
            if verdict is Verdict.SUSPECT:
                self._cadence.probe()
            elif verdict is Verdict.DOWN:
                # [PW-LIV-6]: Close is tried, but a transport that is blocked is not waited for.
                blocked = self._blocked
                self._end_with_close(
                    EndKind.PEER_SILENT, CloseCode.HEARTBEAT_TIMEOUT, "peer is silent", now
                )
                if blocked:
                    self.transport = Transport.ABORT

    def poll_timeout(self) -> float:
        """When `handle_timeout` is to be called next; infinite for never."""
        own = self._cadence.poll_timeout() if self.end is None else inf
        return own if self.must_read else min(own, self._next_judgement())

    # What goes out.

    def poll_transmit(self, now: float) -> bytes | None:
        """The next frame to hand to the transport, unless that is blocked."""
        if self._blocked or self.transport is not Transport.USE:
            return None
        frame = self._next_frame(now)
        if frame is not None:
            self._accepted_at = now
        return frame

    def _next_frame(self, now: float) -> bytes | None:
        if self._close_frame is not None and not self._outbox:  # [PW-CLS-8]
            self.end = self.end or self._closed
            self.close_code = self.end.code
            self.transport = Transport.FINISH  # [PW-CLS-2]
            return self._close_frame
        if self._cadence.waits:  # [PW-SND-8]
            probe = self._cadence.take(now)
            self._cadence.transmitted(now, heartbeat=True)
            return self._heartbeat(probe, now)
        if self._outbox:
            self._cadence.transmitted(now, heartbeat=False)
            return frames.encode_data(*self._outbox.take())
        return None

    def _heartbeat(self, probe: bool, now: float) -> bytes:
        heartbeat = Heartbeat(heartbeat_time_ms=self.heartbeat_time_ms)
        if probe:
            heartbeat.reply_requested = True
        self._round_trip.stamp(heartbeat, now)  # [PW-RTT-4]
        return frames.encode_heartbeat(heartbeat)

    # What came in.

    def _handle_frame(self, octets: bytes, now: float) -> None:
        if len(octets) > self._options.max_frame_bytes:
            raise Violation(CloseCode.FRAME_TOO_LARGE, "frame too large")  # [PW-LIM-1]
        frame = frames.decode(octets)
        body = frame.WhichOneof("body")
        if body == "close":  # [PW-VER-6]: whatever its version.
            self._handle_close(frame.close)
        elif not self._speaks_version_of(frame):
            raise Violation(CloseCode.UNSUPPORTED_VERSION, "version 1 only")  # [PW-VER-5]
        elif body == "heartbeat":
            self._handle_heartbeat(frame.heartbeat, now)
        elif body == "data" and not self.closing:
            self._inbox.put(frame.data, frame.more)
            self._update_reading(now)

    def _handle_heartbeat(self, heartbeat: Heartbeat, now: float) -> None:
        if not self._allowance.take(now):
            raise Violation(CloseCode.TOO_MANY_HEARTBEATS, "too many heartbeats")  # [PW-LIM-3]
        heartbeat_time = min(heartbeat.heartbeat_time_ms, CEILING_MS)
        if heartbeat_time > 0:  # [PW-HBT-3]
            self._silence.hear_promise(heartbeat_time)
            self._cadence.hear(heartbeat_time)
        self._round_trip.hear(heartbeat, now, self._silence.patience(self.heartbeat_time_ms))
        if heartbeat.reply_requested:
            self._cadence.hear_probe(now)  # [PW-PRB-2]

    def _handle_close(self, close: Close) -> None:
        code = close.code or CloseCode.NORMAL  # [PW-CLS-5]
        advice = close.retry_after_ms if close.HasField("retry_after_ms") else None
        end = End(EndKind.CLOSED_BY_PEER, code, close.reason, advice)
        self._finish(end, Transport.RELEASE)  # [PW-CLS-3]

    def _speaks_version_of(self, frame: Frame) -> bool:
        """[PW-VER-6]"""
        if frame.HasField("heartbeat") and frame.heartbeat.lowest_version:
            self._version_agreed |= frame.heartbeat.lowest_version <= frames.VERSION
        return frame.version <= frames.VERSION or self._version_agreed

    # How it ends.

    def _end_with_close(
        self, kind: EndKind, code: CloseCode, reason: str, now: float, lowest: int | None = None
    ) -> None:
        self._close_frame = frames.encode_close(code, reason, lowest)
        self._accepted_at = now
        self._finish(End(kind, code, reason), Transport.USE)

    def _finish(self, end: End, transport: Transport) -> None:
        if self.end is None:
            self.end = end
        self.transport = transport
        self.reading = True  # To see the peer end its direction; nothing is kept of what comes.
        self._outbox.clear()
        self._inbox.drop_unfinished()  # [PW-DAT-5]

    # When the peer is judged.

    def _next_judgement(self) -> float:
        if self.end is not None:
            return self._patience_ends()
        first_frame = inf if self._first_frame_by is None else self._first_frame_by
        return min(
            self._patience_ends(),
            first_frame,
            self._blocked_until(),
            self._silence.next_judgement(self.heartbeat_time_ms),
        )

    def _patience_ends(self) -> float:
        """The end of waiting for Close to go out, and for the peer to close the transport."""
        if self._close_frame is None or self.transport in (Transport.RELEASE, Transport.ABORT):
            return inf
        return self._accepted_at + PATIENCE_WITH_CLOSE_MS

    def _blocked_until(self) -> float:
        if not (self._blocked and self._cadence.waits and self.heartbeat_time_ms):
            return inf
        return self._accepted_at + self._silence.patience(self.heartbeat_time_ms)

    def _update_reading(self, now: float) -> None:
        # An application that has closed takes nothing any more, and must not hide the peer's end.
        reading = self.closing or not (self._paused or self._inbox.full)
        if reading == self.reading:
            return
        self.reading = reading
        for paused in (self._silence, self._allowance):
            if reading:
                paused.resume(now)
            else:
                paused.pause(now)
