"""What arrives as data: parts are joined to messages, and these wait for the application."""

from collections import deque

from pulsewire_peer.core.ends import CloseCode, Violation

MAX_UNREAD_MESSAGES = 65_536
"""A bound for messages so small that their octets alone would not bound the memory."""


class Inbox:
    def __init__(self, max_message_bytes: int, max_unread_bytes: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._max_unread_bytes = max_unread_bytes
        self._unfinished = bytearray()
        self._messages: deque[bytes] = deque()
        self._unread_bytes = 0

    def put(self, part: bytes, more: bool) -> None:
        if len(self._unfinished) + len(part) > self._max_message_bytes:
            raise Violation(CloseCode.MESSAGE_TOO_LARGE, "message too large")  # [PW-LIM-2]
        if more or self._unfinished:
            self._unfinished += part
        if more:
            return
        message = bytes(self._unfinished) if self._unfinished else part
        self._unfinished = bytearray()
        self._messages.append(message)
        self._unread_bytes += len(message)

    def take(self) -> bytes | None:
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._unread_bytes -= len(message)
        return message

    def drop_unfinished(self) -> None:
        self._unfinished = bytearray()

    @property
    def full(self) -> bool:
        """Whether the transport is to be paused [PW-LIM-5]."""
        return (
            self._unread_bytes >= self._max_unread_bytes
            or len(self._messages) >= MAX_UNREAD_MESSAGES
        )
