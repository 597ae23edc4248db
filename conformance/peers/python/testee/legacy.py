"""A peer from before heartbeats: it speaks the frames, and neither sends nor hears a heartbeat."""

from pulsewire.v1.frame_pb2 import Frame
from pulsewire_peer import Machine

WITHOUT_BODY = Frame(version=1).SerializeToString()


class LegacyMachine(Machine):
    """A passive machine that hears no heartbeat sends none, and has no deadline."""

    def handle_frame(self, octets: bytes, now: float) -> None:
        super().handle_frame(WITHOUT_BODY if is_heartbeat(octets) else octets, now)


def is_heartbeat(octets: bytes) -> bool:
    try:
        return Frame.FromString(octets).HasField("heartbeat")
    except ValueError:  # DecodeError is one: what is malformed is for the machine to refuse.
        return False
