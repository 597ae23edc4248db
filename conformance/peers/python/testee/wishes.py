"""What the suite wishes of a connection, read from its JSON."""

from dataclasses import dataclass
from typing import Any

from pulsewire_peer import Options
from pulsewire_peer.bindings import grpc_call, tcp, ws
from pulsewire_peer.link import Binding

BINDINGS: dict[str, Binding] = {"tcp": tcp, "ws": ws, "grpc": grpc_call}

OPTIONS = {
    "heartbeat_time_ms",
    "slack_ms",
    "floor_ms",
    "always_beat",
    "max_frame_bytes",
    "max_message_bytes",
    "max_unread_bytes",
    "first_frame_timeout_ms",
}

# Keys whose value is one of few.
CHOICES: dict[str, list[Any]] = {
    "peer_heartbeats": ["optional"],
    "reply": ["echo", "length"],
    "read": ["paused"],
    "legacy": [True, False],
}


class Unsupported(Exception):
    """Whoever says yes to what it does not know claims more than it has."""


@dataclass(frozen=True)
class Wishes:
    """`config` of the command `open`: for the machine, and for the application behind it."""

    options: Options
    reply: str | None
    paused: bool
    stream: dict[str, Any] | None
    legacy: bool

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Wishes":
        for key, value in config.items():
            if key in CHOICES and value not in CHOICES[key]:
                raise Unsupported(f"no {key} {value}")
            if key not in CHOICES and key not in OPTIONS and key != "stream":
                raise Unsupported(f"no option {key}")
        given = {key: value for key, value in config.items() if key in OPTIONS}
        return cls(
            options=Options(peer_optional="peer_heartbeats" in config, **given),
            reply=config.get("reply"),
            paused="read" in config,
            stream=config.get("stream"),
            legacy=config.get("legacy", False),
        )


def binding_of(transport: str) -> Binding:
    if transport not in BINDINGS:
        raise Unsupported(f"no transport {transport}")
    return BINDINGS[transport]


def message_of(command: dict[str, Any]) -> bytes:
    """The message of `send` and `stream`."""
    if "text" in command:
        return str(command["text"]).encode()
    return b"." * int(command.get("bytes", 0))
