package pulsewire.core;

import java.time.Duration;

/**
 * How a connection ended.
 *
 * @param code the Close code that was sent or received, 0 if there was none
 * @param reason for a log, and never to act on [PW-CLS-6]
 * @param retryAfter what the peer asks for before the next attempt [PW-CLS-7], or null
 */
public record End(Cause cause, int code, String reason, Duration retryAfter) {
  /** Why, and by whom. */
  public enum Cause {
    /** This side's application closed. */
    CLOSED,
    /** The peer closed, and said so. */
    CLOSED_BY_PEER,
    /** The peer's direction of the transport ended without a Close. */
    PEER_CLOSED,
    /** The peer is down. */
    PEER_SILENT,
    /** The peer broke a rule, passed a limit, or speaks no version of ours. */
    PROTOCOL_ERROR,
    /** The transport took nothing for too long. */
    OUTBOUND_BLOCKED,
    /** The transport failed. */
    TRANSPORT_FAILED
  }

  End(Cause cause, int code, String reason) {
    this(cause, code, reason, null);
  }
}
