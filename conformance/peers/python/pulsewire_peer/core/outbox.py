"""Messages that wait to be sent, and are cut into parts as they go."""

from collections import deque

MAX_PART_BYTES = 65_536
"""[PW-DAT-4]"""


class Outbox:
    def __init__(self) -> None:
        self._messages: deque[bytes] = deque()
        self._sent_of_first = 0
        self.waiting_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._messages)

    def put(self, message: bytes) -> None:
        self._messages.append(message)
        self.waiting_bytes += len(message)

    def take(self) -> tuple[bytes, bool]:
        """The next part, and whether the message goes on after it."""
        message, start = self._messages[0], self._sent_of_first
        part = message[start : start + MAX_PART_BYTES]
        self._sent_of_first += len(part)
        self.waiting_bytes -= len(part)
        more = self._sent_of_first < len(message)
        if not more:
            self._messages.popleft()
            self._sent_of_first = 0
        return part, more

    def clear(self) -> None:
        self._messages.clear()
        self.waiting_bytes = 0
