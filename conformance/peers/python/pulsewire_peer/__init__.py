"""A Pulsewire peer for asyncio. `core` is the protocol without input and output."""

from pulsewire_peer.connection import Connection, ConnectionEnded
from pulsewire_peer.core.ends import CloseCode, End, EndKind
from pulsewire_peer.core.machine import Machine
from pulsewire_peer.core.options import InvalidOptions, Options
from pulsewire_peer.endpoint import Server, connect, serve

__all__ = [
    "CloseCode",
    "Connection",
    "ConnectionEnded",
    "End",
    "EndKind",
    "InvalidOptions",
    "Machine",
    "Options",
    "Server",
    "connect",
    "serve",
]
