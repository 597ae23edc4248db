"""What the shared vectors leave out: unread messages, closing, reading first, and options."""

from math import inf
from random import Random
from typing import Any

import pytest

from pulsewire.v1 import frame_pb2
from pulsewire.v1.frame_pb2 import Close, Frame, Heartbeat
from pulsewire_peer import CloseCode, End, EndKind, InvalidOptions, Machine, Options
from pulsewire_peer.core import frames, inbox
from pulsewire_peer.core.machine import Transport
from pulsewire_peer.core.outbox import MAX_PART_BYTES


def machine(options: Options | None = None, now: float = 0) -> Machine:
    opened = Machine(options or Options(), lambda: 0.5)
    opened.open(now)
    return opened


def heartbeat(**fields: Any) -> bytes:
    return frames.encode_heartbeat(Heartbeat(**fields))


def sent(by: Machine, now: float) -> list[Frame]:
    found = []
    while (octets := by.poll_transmit(now)) is not None:
        found.append(frames.decode(octets))
    return found


def test_close_codes_are_those_of_the_schema() -> None:
    assert {f"CLOSE_CODE_{code.name}": code.value for code in CloseCode} == {
        name: number for name, number in frame_pb2.CloseCode.items() if number
    }


@pytest.mark.parametrize(
    "options",
    [
        {"heartbeat_time_ms": 99},
        {"heartbeat_time_ms": 3_600_001},
        {"heartbeat_time_ms": True},
        {"heartbeat_time_ms": "1000"},
        {"floor_ms": 99},
        {"floor_ms": 3_600_001},
        {"slack_ms": -1},
        {"slack_ms": 1.5},
        {"slack_ms": None},
        {"max_frame_bytes": 0},
    ],
)
def test_what_the_protocol_forbids_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptions):
        Options(**options)


def test_unread_messages_pause_the_transport_until_they_are_taken() -> None:
    side = machine(Options(max_unread_bytes=10))
    side.handle_frame(frames.encode_data(b"12345", more=False), 1)
    assert side.reading
    side.handle_frame(frames.encode_data(b"67890", more=False), 2)
    assert not side.reading
    assert side.take_message(3) == b"12345"
    assert side.reading


def test_parts_of_an_unfinished_message_are_not_unread() -> None:
    side = machine(Options(max_unread_bytes=10))
    side.handle_frame(frames.encode_data(bytes(100), more=True), 1)
    assert side.reading
    assert side.take_message(2) is None


def test_messages_without_octets_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_UNREAD_MESSAGES", 3)
    side = machine()
    for _ in range(3):
        side.handle_frame(frames.encode_data(b"", more=False), 1)
    assert not side.reading


def test_nothing_is_judged_before_what_is_there_has_been_read() -> None:
    side = machine(Options(heartbeat_time_ms=1000, slack_ms=500))
    side.handle_timeout(1500)
    assert side.must_read
    assert side.end is None
    side.handle_octets(1501)
    side.judge(1501)
    assert side.end is None
    assert not side.must_read


def test_reading_first_holds_up_no_heartbeat() -> None:
    side = machine(Options(heartbeat_time_ms=1000, slack_ms=0))
    sent(side, 0)
    side.handle_timeout(1000)
    assert side.must_read
    assert [frame.WhichOneof("body") for frame in sent(side, 1000)] == ["heartbeat"]


def test_a_blocked_transport_is_not_waited_for_when_the_peer_is_down() -> None:
    side = machine(Options(heartbeat_time_ms=1000, slack_ms=500))
    sent(side, 0)
    side.handle_blocked()
    side.judge(1500)
    assert side.transport is Transport.ABORT


def test_a_peer_that_is_down_is_told_so() -> None:
    side = machine(Options(heartbeat_time_ms=1000, slack_ms=500))
    sent(side, 0)
    side.judge(1500)
    assert side.end == End(EndKind.PEER_SILENT, CloseCode.HEARTBEAT_TIMEOUT, "peer is silent")
    assert [int(frame.close.code) for frame in sent(side, 1500)] == [CloseCode.HEARTBEAT_TIMEOUT]
    assert side.transport is Transport.FINISH


def test_a_peer_that_does_not_close_is_waited_for_2_s() -> None:
    side = machine()
    side.close(CloseCode.NORMAL, "", 10)
    assert [int(frame.close.code) for frame in sent(side, 10)] == [CloseCode.NORMAL]
    assert side.poll_timeout() == 2010
    side.handle_timeout(2010)
    side.judge(2010)
    assert side.transport is Transport.ABORT
    assert side.poll_timeout() == inf


def test_each_octet_accepted_gives_a_closing_side_more_time() -> None:
    side = machine()
    side.send(bytes(3 * MAX_PART_BYTES))
    assert side.poll_transmit(0)
    side.handle_blocked()
    side.close(CloseCode.NORMAL, "", 100)
    assert side.poll_timeout() == 2100
    side.handle_progress(1000)
    assert side.poll_timeout() == 3000
    side.handle_timeout(3000)
    side.judge(3000)
    assert side.end == End(EndKind.CLOSED, CloseCode.NORMAL)
    assert side.close_code is None
    assert side.transport is Transport.ABORT


def test_what_a_peer_says_to_an_application_that_has_closed_is_dropped() -> None:
    side = machine(Options(max_unread_bytes=10))
    side.send(bytes(3 * MAX_PART_BYTES))
    assert side.poll_transmit(0)
    side.handle_blocked()
    side.handle_frame(frames.encode_data(bytes(10), more=False), 1)
    assert not side.reading
    side.close(CloseCode.NORMAL, "", 2)
    assert side.reading
    side.handle_frame(Frame(version=1, close=Close()).SerializeToString(), 3)
    assert side.end == End(EndKind.CLOSED_BY_PEER, CloseCode.NORMAL)


def test_a_reason_is_cut_between_two_characters() -> None:
    side = machine()
    side.close(CloseCode.NORMAL, "é" * 300 + "\ud800", 0)
    [frame] = sent(side, 0)
    assert frame.close.reason == "é" * 256


def test_advice_and_reason_of_the_peer_are_reported() -> None:
    side = machine()
    close = Close(code=frame_pb2.CLOSE_CODE_GOING_AWAY, reason="bye", retry_after_ms=700)
    side.handle_frame(Frame(version=1, close=close).SerializeToString(), 1)
    assert side.end == End(EndKind.CLOSED_BY_PEER, CloseCode.GOING_AWAY, "bye", 700)
    assert side.transport is Transport.RELEASE


def test_the_round_trip_is_the_age_of_the_echo_less_the_time_it_was_held() -> None:
    side = machine(Options(heartbeat_time_ms=1000), now=5_000_000)  # Past 2^32 microseconds.
    [opening] = sent(side, 5_000_000)
    echo = opening.heartbeat.timestamp
    side.handle_frame(heartbeat(timestamp=7, echo=echo, held_us=20_000), 5_000_050)
    assert side.round_trip_ms == 30
    for nonsense in (echo + 60_000, echo - 10_000_000):  # From the future; older than patience.
        side.handle_frame(heartbeat(timestamp=7, echo=nonsense % 2**32, held_us=0), 5_000_051)
    side.handle_frame(heartbeat(timestamp=7, echo=echo, held_us=90_000), 5_000_052)
    assert side.round_trip_ms == 30


def test_a_suspended_side_asks_only_whom_it_judges() -> None:
    passive, active = machine(), machine(Options(heartbeat_time_ms=1000))
    for side in (passive, active):
        sent(side, 0)
        side.handle_suspend(10)
    assert sent(passive, 10) == []
    assert [frame.heartbeat.reply_requested for frame in sent(active, 10)] == [True]


def test_whatever_a_peer_sends_ends_in_nothing_worse_than_a_close() -> None:
    source = Random(7)
    seeds = [heartbeat(heartbeat_time_ms=5000, timestamp=1, echo=2, held_us=3, lowest_version=1)]
    seeds += [frames.encode_data(b"data", more=True), frames.encode_close(2, "reason")]
    ends = set()
    for _ in range(5000):
        octets = bytearray(source.choice(seeds))
        for _ in range(source.randrange(1, 4)):
            octets[source.randrange(len(octets))] = source.randrange(256)
        side = machine(Options(heartbeat_time_ms=1000))
        side.handle_frame(bytes(octets[: source.randrange(len(octets) + 1)]), 1)
        sent(side, 1)
        ends.add((side.end.kind, side.transport) if side.end else None)
    assert ends == {
        None,
        (EndKind.REFUSED, Transport.FINISH),
        (EndKind.CLOSED_BY_PEER, Transport.RELEASE),
    }


def test_an_answer_asks_nothing_back() -> None:
    side = machine(Options(heartbeat_time_ms=1000))
    sent(side, 0)
    side.probe()
    side.handle_frame(heartbeat(reply_requested=True), 1)
    assert [frame.heartbeat.reply_requested for frame in sent(side, 1)] == [False, True]
