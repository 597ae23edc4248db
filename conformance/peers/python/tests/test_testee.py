"""The testee as a process: what the suite cannot see of it, and what it adds to the contract."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import pytest

from pulsewire.v1.frame_pb2 import Frame, Heartbeat
from pulsewire_peer import CloseCode
from pulsewire_peer.bindings.tcp import Delimiter, delimited
from pulsewire_peer.core import frames

Json = dict[str, Any]


class Testee:
    __test__ = False

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "testee"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._numbers = count(1)

    def line(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.flush()

    def hears(self) -> Json:
        assert self._process.stdout is not None
        heard = json.loads(self._process.stdout.readline())
        assert isinstance(heard, dict)
        return heard

    def command(self, cmd: str, **keys: Any) -> Json:
        number = next(self._numbers)
        self.line(json.dumps({"id": number, "cmd": cmd, **keys}))
        reply = self.hears()
        assert reply.pop("id") == number
        return reply

    def listen(self, **config: Any) -> socket.socket:
        """Open a listener, and a connection to it."""
        command = {"conn": "c", "role": "listen", "transport": "tcp", "config": config}
        address = self.command("open", **command)["ok"]["address"]
        connection = socket.create_connection((address["host"], address["port"]), timeout=5)
        assert self.hears()["event"] == "open"
        return connection

    def leaves(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait(timeout=5)


@pytest.fixture
def testee() -> Iterator[Testee]:
    started = Testee()
    yield started
    assert started.leaves() == 0


def received(connection: socket.socket) -> Iterator[Frame]:
    delimiter = Delimiter(1_048_576)
    while octets := connection.recv(65_536):
        for item in delimiter.feed(octets):
            assert isinstance(item, bytes)
            yield frames.decode(item)


def test_a_legacy_peer_neither_sends_nor_hears_a_heartbeat(testee: Testee) -> None:
    with testee.listen(legacy=True, reply="echo", first_frame_timeout_ms=100) as connection:
        probe = Heartbeat(heartbeat_time_ms=100, reply_requested=True)
        connection.sendall(delimited(frames.encode_heartbeat(probe)))
        time.sleep(0.3)  # Time for an answer, a beat and a first-frame timeout that must not come.
        connection.sendall(delimited(frames.encode_data(b"old", more=False)))
        arriving = received(connection)
        assert next(arriving).data == b"old"
        testee.command("close", conn="c#1", code=CloseCode.GOING_AWAY)
        assert int(next(arriving).close.code) == CloseCode.GOING_AWAY


def test_collections_begin_after_the_answer_and_are_told_of(testee: Testee) -> None:
    assert testee.command("collect", ms=400) == {"ok": {}}
    event = testee.hears()
    assert event.pop("collected_ms") >= 400
    assert event == {"event": "state", "conn": ""}


def test_a_stalled_process_does_nothing_at_all(testee: Testee) -> None:
    with testee.listen(heartbeat_time_ms=100, slack_ms=60_000) as connection:
        assert testee.command("stall", ms=500) == {"ok": {}}
        arrivals = [time.monotonic() for _ in zip(range(8), received(connection), strict=False)]
        assert max(later - earlier for earlier, later in pairwise(arrivals)) > 0.4


def test_what_is_no_command_breaks_nothing(testee: Testee) -> None:
    for nonsense in ("", "{", "[]", "7", '{"cmd": 1}', '{"no": "cmd"}'):
        testee.line(nonsense)
    assert testee.command("open")["err"] == "failed"
    assert testee.command("dance")["err"] == "unsupported"
    assert "ok" in testee.command("hello")
