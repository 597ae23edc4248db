"""Why a connection ended."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class CloseCode(IntEnum):
    """The codes of Close in frame.proto; a peer may send others."""

    NORMAL = 1
    GOING_AWAY = 2
    HEARTBEAT_TIMEOUT = 3
    PROTOCOL_ERROR = 4
    UNSUPPORTED_VERSION = 5
    FRAME_TOO_LARGE = 6
    MESSAGE_TOO_LARGE = 7
    TOO_MANY_HEARTBEATS = 8
    FIRST_FRAME_TIMEOUT = 9
    UNREAD_LIMIT = 10
    OUTBOUND_BLOCKED = 11
    UPSTREAM_LOST = 12
    INTERNAL_ERROR = 13


class EndKind(Enum):
    CLOSED = "closed"
    """The application of this side closed it."""
    CLOSED_BY_PEER = "closed-by-peer"
    """The peer said Close, or what stands for it on its transport."""
    PEER_CLOSED = "peer-closed"
    """The peer ended its direction of the transport without a word."""
    PEER_SILENT = "peer-silent"
    REFUSED = "refused"
    """The peer broke a rule or passed a limit, and was told which."""
    OUTBOUND_BLOCKED = "outbound-blocked"
    TRANSPORT_FAILED = "transport-failed"


@dataclass(frozen=True, slots=True)
class End:
    kind: EndKind
    code: int | None = None
    reason: str = ""
    retry_after_ms: int | None = None
    """The peer's advice not to connect again sooner [PW-CLS-7]."""


class Violation(Exception):
    """The peer broke a rule or passed a limit; `code` says which in Close."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
