package pulsewire.core;

/**
 * The heartbeat-times of one connection, in milliseconds, 0 for none: one's own, which only falls
 * [PW-ADP-6], and the one that the peer promised.
 */
final class Adoption {
  private static final long CEILING = Options.CEILING.toMillis();

  private final long floor;
  private long effective;
  private long promise;

  Adoption(Options options) {
    boolean passive = options.heartbeatTime() == null;
    effective = passive ? 0 : options.heartbeatTime().toMillis(); // [PW-ADP-1]
    long configuredFloor = options.floor().toMillis();
    floor = passive ? configuredFloor : Math.min(configuredFloor, effective); // [PW-ADP-4]
  }

  /** What this side advertises and keeps: <i>E</i>. */
  long effective() {
    return effective;
  }

  /** max(<i>E</i>, <i>P</i>). */
  long greater() {
    return Math.max(effective, promise);
  }

  boolean peerHasPromised() {
    return promise > 0;
  }

  /** Takes what the peer advertises, 0 if nothing; true if this side's own value has changed. */
  boolean hear(long advertised) {
    if (advertised == 0) {
      return false; // [PW-ADP-3, PW-HBT-3]: neither adopted nor a promise taken back
    }
    promise = Math.min(advertised, CEILING); // [PW-HBT-3]
    if (effective != 0 && promise >= effective) {
      return false; // [PW-ADP-3]
    }
    long before = effective;
    effective = Math.max(promise, floor); // [PW-ADP-2]
    return effective != before;
  }
}
