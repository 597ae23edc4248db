"""What a binding gives the driver: one transport that carries frames."""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from pulsewire_peer.core.ends import End, Violation
from pulsewire_peer.core.options import Options


class Link(Protocol):
    on_octets: Callable[[], None]
    """Called when octets arrive that are life, before the frame is there [PW-LIV-1]."""

    def frames(self) -> AsyncGenerator[bytes | Violation | End]:
        """What arrives, until the transport ends; reads on only as it is asked to.

        Beside frames these are what the binding refuses, and how the transport is about to end
        where that says more than *peer closed*. Raises ConnectionError if it fails.
        """

    async def write(self, frame: bytes) -> None:
        """Returns when the transport has accepted all of it; raises ConnectionError."""

    def unaccepted(self) -> int:
        """How many octets the transport has not accepted yet, as far as it can be seen."""

    async def settle(self) -> None:
        """Returns when what the transport held has come out of `frames` [PW-CLK-2]."""

    async def finish(self, code: int | None) -> None:
        """Close has gone out with this code: end this side's direction."""

    async def release(self, code: int | None) -> None:
        """Close the transport in good order, which may wait for the peer's transport.

        With a code this side has sent Close, and the peer was faster than `finish`.
        """

    async def abort(self) -> None:
        """Let go of everything at once; does nothing when it is gone already."""


class Listener(Protocol):
    port: int

    def stop(self) -> None:
        """Accept nothing more, and free the port."""

    async def wait_closed(self) -> None:
        """Returns when all its connections are gone."""


class Binding(Protocol):
    """A module of `bindings`."""

    async def dial(self, host: str, port: int, options: Options) -> Link: ...

    async def listen(
        self, accept: Callable[[Link], None], host: str, port: int, options: Options
    ) -> Listener: ...
