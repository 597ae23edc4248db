"""How one side of a connection is configured."""

from dataclasses import dataclass, fields

CEILING_MS = 3_600_000
LEAST_MS = 100


class InvalidOptions(ValueError):
    """The protocol forbids this configuration."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What is not given is the default of the protocol; times are in milliseconds."""

    heartbeat_time_ms: int | None = None
    """None: this side is passive, and beats as soon as its peer does."""
    slack_ms: int = 2000
    floor_ms: int = 1000
    always_beat: bool = False
    """Send heartbeats beside data as well [PW-SND-6]."""
    peer_optional: bool = False
    """The peer need not beat: no deadline before its first heartbeat-time [PW-LIV-8]."""
    max_frame_bytes: int = 1_048_576
    max_message_bytes: int = 16_777_216
    max_unread_bytes: int = 16_777_216
    first_frame_timeout_ms: int = 10_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int and (type(value) is not int or value < 0):
                raise InvalidOptions(f"{field.name} must be a whole number, and not negative")
        own = self.heartbeat_time_ms
        if own is not None and (type(own) is not int or not LEAST_MS <= own <= CEILING_MS):
            raise InvalidOptions(f"no heartbeat-time of {own} ms")  # [PW-HBT-4]
        if not LEAST_MS <= self.floor_ms <= CEILING_MS:
            raise InvalidOptions(f"no floor of {self.floor_ms} ms")  # [PW-ADP-4]
        if not self.max_frame_bytes or not self.max_message_bytes or not self.max_unread_bytes:
            raise InvalidOptions("a limit must not be 0")
