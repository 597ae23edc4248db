package pulsewire.core;

/**
 * The heartbeat-times of one connection: one's own, which only falls [PW-ADP-6], and the one that
 * the peer promised.
 */
final class Adoption {
  private static final long CEILING_MS = Options.CEILING.toMillis();
  private static final long NANOSECONDS = 1_000_000;

  private final long floorMs;

  /** 0 for none. */
  private long effectiveMs;

  private long promiseMs;

  Adoption(Options options) {
    boolean passive = options.heartbeatTime() == null;
    effectiveMs = passive ? 0 : options.heartbeatTime().toMillis(); // [PW-ADP-1]
    long configured = options.floor().toMillis();
    floorMs = passive ? configured : Math.min(configured, effectiveMs); // [PW-ADP-4]
  }

  /** Whether this side is not passive. */
  boolean beats() {
    return effectiveMs > 0;
  }

  /** <i>E</i> as it is advertised. */
  long effectiveMs() {
    return effectiveMs;
  }

  /** <i>E</i> in nanoseconds. */
  long effective() {
    return effectiveMs * NANOSECONDS;
  }

  /** max(<i>E</i>, <i>P</i>) in nanoseconds. */
  long greater() {
    return Math.max(effectiveMs, promiseMs) * NANOSECONDS;
  }

  boolean peerHasPromised() {
    return promiseMs > 0;
  }

  /** Takes what the peer advertises, 0 if nothing; true if this side's own value has changed. */
  boolean hear(long advertisedMs) {
    if (advertisedMs == 0) {
      return false; // [PW-ADP-3, PW-HBT-3]: neither adopted nor a promise taken back
    }
    promiseMs = Math.min(advertisedMs, CEILING_MS); // [PW-HBT-3]
    if (beats() && promiseMs >= effectiveMs) {
      return false; // [PW-ADP-3]
    }
    long before = effectiveMs;
    effectiveMs = Math.max(promiseMs, floorMs); // [PW-ADP-2]
    return effectiveMs != before;
  }
}
