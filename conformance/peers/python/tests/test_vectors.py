"""The shared vectors: golden frames, octet streams, and traces of the state machine."""

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

import pytest

from pulsewire_peer.bindings.tcp import Delimiter
from pulsewire_peer.core import frames
from pulsewire_peer.core.ends import Violation
from pulsewire_peer.core.options import Options
from tests.vectors import Json, Output, Player, load, of_json, to_json

# What is compared only where the trace has it.
SENDERS_OWN = ("timestamp", "echo", "held_us", "lowest_version", "reason")


def named(vectors: list[Json]) -> list[object]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.mark.parametrize("vector", named(load("frames")))
def test_frame(vector: Json) -> None:
    octets = bytes.fromhex(vector["hex"])
    try:
        decoded = to_json(frames.decode(octets))
    except Violation as violation:
        decoded = {"error": violation.code.name}
    if vector.get("either"):
        assert decoded == {"error": vector["error"]} or contains(decoded, vector["frame"])
    else:
        assert decoded == vector.get("frame", {"error": vector.get("error")})
    if vector.get("canonical"):
        assert of_json(vector["frame"]).SerializeToString(deterministic=True) == octets


@pytest.mark.parametrize("vector", named(load("delimited")))
def test_stream(vector: Json) -> None:
    octets = bytes.fromhex(vector["hex"])
    expected = [*vector["frames"], *([vector["error"]] if "error" in vector else [])]
    every_octet = list(range(1, len(octets)))
    for cuts in [every_octet, *([cut] for cut in range(len(octets)))]:
        reads = [octets[start:end] for start, end in pairwise([0, *cuts, len(octets)])]
        max_frame_bytes = vector.get("max_frame_bytes", Options().max_frame_bytes)
        assert list(read_stream(reads, max_frame_bytes)) == expected


def read_stream(reads: list[bytes], max_frame_bytes: int) -> Iterator[str]:
    """What comes out: frames in hex, and at last the name of what ends it."""
    delimiter = Delimiter(max_frame_bytes)
    for item in chain.from_iterable(delimiter.feed(octets) for octets in reads):
        try:
            if isinstance(item, Violation):
                raise item
            yield item.hex()
            frames.decode(item)
        except Violation as violation:
            yield violation.code.name
            return


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("trace", named(load("traces")))
def test_trace(trace: Json, jitter: float) -> None:
    player = Player(trace, jitter)
    player.play()
    outputs = [step for step in trace["steps"] if "out" in step]
    sent = [step for step in outputs if step["out"] == "frame"]
    told = [step for step in outputs if step["out"] != "frame"]
    assert len(player.frames) == len(sent), player.frames
    for output, step in zip(player.frames, sent, strict=True):
        assert_at(output, step)
        assert_frame(output.what, step["frame"])
    assert len(player.events) == len(told), player.events
    for output, step in zip(player.events, told, strict=True):
        assert_at(output, step)
        assert output.what == {key: value for key, value in step.items() if key != "at"}


def assert_at(output: Output, step: Json) -> None:
    first, last = step["at"] if isinstance(step["at"], list) else (step["at"], step["at"])
    assert first <= output.at <= last, (output, step)


def assert_frame(sent: Json, expected: Json) -> None:
    assert sent.keys() == expected.keys()
    for name, value in expected.items():
        if not isinstance(value, dict):
            assert sent[name] == value
            continue
        assert contains(sent[name], value), (sent, expected)
        unexpected = sent[name].keys() - value.keys()
        assert not unexpected.difference(SENDERS_OWN), (sent, expected)


def contains(actual: Json, expected: Json) -> bool:
    return all(name in actual and equal(name, actual[name], expected[name]) for name in expected)


def equal(name: str, actual: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return contains(actual, expected)
    return abs(actual - expected) <= 1000 if name == "held_us" else bool(actual == expected)
