package pulsewire.core;

import pulsewire.v1.FrameOuterClass.Heartbeat;

/** Timestamps in microseconds, of 32 bits that wrap around. */
final class RoundTrips {
  private static final long NONE = -1;

  private boolean heard;
  private int timestamp;
  private long heardAt;

  /** Puts one's own clock and the peer's last timestamp on a heartbeat. */
  void stamp(Heartbeat.Builder heartbeat, long now) {
    heartbeat.setTimestamp((int) (now / 1000)); // [PW-RTT-4]
    long held = (now - heardAt) / 1000;
    // Held for more than 71 minutes it cannot be said how long, and so not echoed either.
    if (heard && held <= 0xffff_ffffL) {
      heartbeat.setEcho(timestamp).setHeldUs((int) held); // [PW-RTT-2]
    }
  }

  /** Notes the peer's timestamp; the round trip in nanoseconds if there is one, or else -1. */
  long hear(Heartbeat heartbeat, long now, long longest) {
    if (heartbeat.hasTimestamp()) {
      heard = true;
      timestamp = heartbeat.getTimestamp();
      heardAt = now;
    }
    if (!heartbeat.hasEcho() || !heartbeat.hasHeldUs()) {
      return NONE;
    }
    int microseconds = (int) (now / 1000) - heartbeat.getEcho() - heartbeat.getHeldUs();
    long roundTrip = microseconds * 1000L;
    return roundTrip < 0 || roundTrip > longest ? NONE : roundTrip; // [PW-RTT-3]
  }
}
