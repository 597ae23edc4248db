"""Loads and plays the shared vectors (conformance/vectors/README.md)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulsewire.v1.frame_pb2 import Close, Frame, Heartbeat
from pulsewire_peer import End, EndKind, Machine, Options
from pulsewire_peer.core import frames

VECTORS = Path(__file__).resolve().parents[3] / "vectors"

Json = dict[str, Any]

WHY = {
    EndKind.PEER_SILENT: "peer-silent",
    EndKind.CLOSED_BY_PEER: "closed-by-peer",
    EndKind.PEER_CLOSED: "peer-closed",
    EndKind.REFUSED: "protocol-error",
    EndKind.OUTBOUND_BLOCKED: "outbound-blocked",
    EndKind.TRANSPORT_FAILED: "transport-failed",
}


def load(name: str) -> list[Json]:
    content = json.loads((VECTORS / f"{name}.json").read_text())
    assert content.pop("format") == 1
    [vectors] = [value for value in content.values() if isinstance(value, list)]
    return vectors


def to_json(frame: Frame) -> Json:
    json_form: Json = {"version": frame.version}
    match frame.WhichOneof("body"):
        case "heartbeat":
            json_form["heartbeat"] = {
                field.name: value for field, value in frame.heartbeat.ListFields()
            }
        case "close":
            json_form["close"] = {field.name: value for field, value in frame.close.ListFields()}
        case "data":
            json_form["data_hex"] = frame.data.hex()
            if frame.more:
                json_form["more"] = True
    return json_form


def of_json(json_form: Json) -> Frame:
    frame = Frame(version=json_form["version"], more=json_form.get("more", False))
    if "heartbeat" in json_form:
        frame.heartbeat.CopyFrom(Heartbeat(**json_form["heartbeat"]))
    if "data_hex" in json_form:
        frame.data = bytes.fromhex(json_form["data_hex"])
    if "close" in json_form:
        frame.close.CopyFrom(Close())
        for name, value in json_form["close"].items():
            setattr(frame.close, name, value)
    return frame


def options_of(config: Json) -> Options:
    given = dict(config)
    return Options(peer_optional=given.pop("peer_heartbeats", None) == "optional", **given)


@dataclass(frozen=True)
class Output:
    at: float
    what: Json


class Player:
    """Plays one trace, with a jitter that does not change."""

    def __init__(self, trace: Json, jitter: float) -> None:
        self._trace = trace
        self._machine = Machine(options_of(trace["config"]), lambda: jitter)
        self._now = 0.0
        self._blocked = False
        self._end_told = False
        self.frames: list[Output] = []
        self.events: list[Output] = []

    def play(self) -> None:
        stopped, waiting = False, list[Json]()
        for step in self._trace["steps"]:
            if "in" not in step:
                continue
            if not stopped:
                self._run_until(step["at"])
            self._now = step["at"]
            if step["in"] == "stop":
                stopped = True
            elif step["in"] == "continue":
                stopped = False
                for late in waiting:
                    self._do(late)
                waiting.clear()
                self._handle_timeout()
            elif stopped:
                waiting.append(step)
            else:
                self._do(step)
        self._run_until(self._trace["until"])

    def _run_until(self, at: float) -> None:
        while (due := self._machine.poll_timeout()) <= at:
            self._now = max(self._now, due)
            self._handle_timeout()

    def _handle_timeout(self) -> None:
        self._machine.handle_timeout(self._now)
        if self._machine.must_read:
            self._machine.judge(self._now)  # There is nothing left to read in a trace.
        self._collect()

    def _do(self, step: Json) -> None:
        machine, now = self._machine, self._now
        inputs: dict[str, Callable[[], object]] = {
            "open": lambda: machine.open(now),
            "receive": lambda: machine.handle_frame(bytes.fromhex(step["hex"]), now),
            "octets": lambda: machine.handle_octets(now),
            "send": lambda: machine.send(bytes.fromhex(step["data_hex"])),
            "probe": machine.probe,
            "close": lambda: machine.close(step["code"], step.get("reason", ""), now),
            "peer-ended": lambda: machine.handle_transport_end(End(EndKind.PEER_CLOSED)),
            "transport-failed": lambda: machine.handle_transport_end(End(EndKind.TRANSPORT_FAILED)),
            "pause": lambda: machine.pause(now),
            "resume": lambda: machine.resume(now),
            "block": machine.handle_blocked,
            "unblock": lambda: machine.handle_accepted(now),
            "progress": lambda: machine.handle_progress(now),
            "suspended": lambda: machine.handle_suspend(now),
        }
        for _ in range(step.get("repeat", 1)):
            inputs[step["in"]]()
            self._collect()

    def _collect(self) -> None:
        while (octets := self._machine.poll_transmit(self._now)) is not None:
            self.frames.append(Output(self._now, to_json(frames.decode(octets))))
        while (message := self._machine.take_message(self._now)) is not None:
            self.events.append(Output(self._now, {"out": "message", "data_hex": message.hex()}))
        end = self._machine.end
        if end is not None and not self._end_told:
            self._end_told = True
            if end.kind is not EndKind.CLOSED:
                self.events.append(Output(self._now, self._event_of(end)))

    def _event_of(self, end: End) -> Json:
        event: Json = {"out": "end", "why": WHY[end.kind]}
        if end.kind in (EndKind.CLOSED_BY_PEER, EndKind.REFUSED):
            event["code"] = end.code
        return event
