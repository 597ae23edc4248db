package pulsewire.core;

import java.time.Duration;

/** What the machine has to say to whoever drives it, in order. */
public sealed interface Event {
  /** The peer's application sent this. */
  record Message(byte[] data) implements Event {}

  /** A measured round trip. */
  record RoundTrip(Duration time) implements Event {}

  /** The connection has ended: said exactly once [PW-CLS-9]. */
  record Ended(End end) implements Event {}

  /**
   * End one's own direction of the transport, behind what was transmitted, and go on reading until
   * the peer has ended its own: what it says is ignored, but a reset would destroy what is still on
   * its way [PW-TCP-6].
   */
  record Finish(int code) implements Event {}

  /** Let go of the transport without waiting for anything. */
  record Abort(int code) implements Event {}
}
