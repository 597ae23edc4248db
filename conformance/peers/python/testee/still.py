"""Ways in which a process stands still, and a machine does."""

import gc
import os
import signal
import subprocess
import time

from pulsewire_peer.clock import SystemClock

FEATURES = ["suspend", "collect"]
if hasattr(signal, "SIGSTOP"):
    FEATURES.append("stall")

LIVE_OBJECTS = 1_000_000
"""About 130 MB."""


class TesteeClock(SystemClock):
    """A clock whose wall can be set ahead, as it is after a suspend."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self._ahead

    def suspend(self, milliseconds: float) -> None:
        self._ahead += milliseconds


def stall(milliseconds: float) -> None:
    """Stop the whole process, with the threads of gRPC that a sleep here would leave running."""
    myself = os.getpid()
    wake = f"sleep {milliseconds / 1000:f}; kill -CONT {myself}"
    with subprocess.Popen(["/bin/sh", "-c", wake]):
        os.kill(myself, signal.SIGSTOP)


def collect(milliseconds: float) -> float:
    """Full collections over a large live heap: they keep the interpreter, so no Python runs."""
    start = time.monotonic()
    gc.disable()  # Or building the heap collects again and again, and takes longer than asked for.
    heap = [[index] for index in range(LIVE_OBJECTS)]
    gc.enable()
    while (time.monotonic() - start) * 1000 < milliseconds:
        gc.collect()
    del heap
    return (time.monotonic() - start) * 1000
