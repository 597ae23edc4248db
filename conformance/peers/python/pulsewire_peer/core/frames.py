"""Frames and their octets."""

from google.protobuf.message import DecodeError

from pulsewire.v1.frame_pb2 import Close, Frame, Heartbeat
from pulsewire_peer.core.ends import CloseCode, Violation

VERSION = 1
MAX_REASON_BYTES = 512


def decode(octets: bytes) -> Frame:
    try:
        frame = Frame.FromString(octets)
    except DecodeError as error:
        raise Violation(CloseCode.PROTOCOL_ERROR, "malformed frame") from error  # [PW-FRM-3]
    if frame.version == 0:
        raise Violation(CloseCode.PROTOCOL_ERROR, "frame without a version")
    return frame


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    return Frame(version=VERSION, heartbeat=heartbeat).SerializeToString()


def encode_data(part: bytes, more: bool) -> bytes:
    return Frame(version=VERSION, data=part, more=more).SerializeToString()


def encode_close(code: int, reason: str, lowest_version: int | None = None) -> bytes:
    # [PW-CLS-6]: cut between two characters, so that it stays UTF-8.
    cut = reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")
    close = Close(reason=cut, lowest_version=lowest_version)
    # Not in the constructor: protobuf takes codes that have no name only here.
    close.code = code  # type: ignore[assignment]
    return Frame(version=VERSION, close=close).SerializeToString()
