from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CloseCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOSE_CODE_UNSPECIFIED: _ClassVar[CloseCode]
    CLOSE_CODE_NORMAL: _ClassVar[CloseCode]
    CLOSE_CODE_GOING_AWAY: _ClassVar[CloseCode]
    CLOSE_CODE_HEARTBEAT_TIMEOUT: _ClassVar[CloseCode]
    CLOSE_CODE_PROTOCOL_ERROR: _ClassVar[CloseCode]
    CLOSE_CODE_UNSUPPORTED_VERSION: _ClassVar[CloseCode]
    CLOSE_CODE_FRAME_TOO_LARGE: _ClassVar[CloseCode]
    CLOSE_CODE_MESSAGE_TOO_LARGE: _ClassVar[CloseCode]
    CLOSE_CODE_TOO_MANY_HEARTBEATS: _ClassVar[CloseCode]
    CLOSE_CODE_FIRST_FRAME_TIMEOUT: _ClassVar[CloseCode]
    CLOSE_CODE_UNREAD_LIMIT: _ClassVar[CloseCode]
    CLOSE_CODE_OUTBOUND_BLOCKED: _ClassVar[CloseCode]
    CLOSE_CODE_UPSTREAM_LOST: _ClassVar[CloseCode]
    CLOSE_CODE_INTERNAL_ERROR: _ClassVar[CloseCode]
CLOSE_CODE_UNSPECIFIED: CloseCode
CLOSE_CODE_NORMAL: CloseCode
CLOSE_CODE_GOING_AWAY: CloseCode
CLOSE_CODE_HEARTBEAT_TIMEOUT: CloseCode
CLOSE_CODE_PROTOCOL_ERROR: CloseCode
CLOSE_CODE_UNSUPPORTED_VERSION: CloseCode
CLOSE_CODE_FRAME_TOO_LARGE: CloseCode
CLOSE_CODE_MESSAGE_TOO_LARGE: CloseCode
CLOSE_CODE_TOO_MANY_HEARTBEATS: CloseCode
CLOSE_CODE_FIRST_FRAME_TIMEOUT: CloseCode
CLOSE_CODE_UNREAD_LIMIT: CloseCode
CLOSE_CODE_OUTBOUND_BLOCKED: CloseCode
CLOSE_CODE_UPSTREAM_LOST: CloseCode
CLOSE_CODE_INTERNAL_ERROR: CloseCode

class Frame(_message.Message):
    __slots__ = ("version", "heartbeat", "data", "close", "more")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    version: int
    heartbeat: Heartbeat
    data: bytes
    close: Close
    more: bool
    def __init__(self, version: _Optional[int] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., data: _Optional[bytes] = ..., close: _Optional[_Union[Close, _Mapping]] = ..., more: _Optional[bool] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("heartbeat_time_ms", "reply_requested", "timestamp", "echo", "held_us", "lowest_version")
    HEARTBEAT_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    REPLY_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    ECHO_FIELD_NUMBER: _ClassVar[int]
    HELD_US_FIELD_NUMBER: _ClassVar[int]
    LOWEST_VERSION_FIELD_NUMBER: _ClassVar[int]
    heartbeat_time_ms: int
    reply_requested: bool
    timestamp: int
    echo: int
    held_us: int
    lowest_version: int
    def __init__(self, heartbeat_time_ms: _Optional[int] = ..., reply_requested: _Optional[bool] = ..., timestamp: _Optional[int] = ..., echo: _Optional[int] = ..., held_us: _Optional[int] = ..., lowest_version: _Optional[int] = ...) -> None: ...

class Close(_message.Message):
    __slots__ = ("code", "reason", "retry_after_ms", "lowest_version")
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    LOWEST_VERSION_FIELD_NUMBER: _ClassVar[int]
    code: CloseCode
    reason: str
    retry_after_ms: int
    lowest_version: int
    def __init__(self, code: _Optional[_Union[CloseCode, str]] = ..., reason: _Optional[str] = ..., retry_after_ms: _Optional[int] = ..., lowest_version: _Optional[int] = ...) -> None: ...
