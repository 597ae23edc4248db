package pulsewire.core;

/**
 * How a transport ended without a Close frame.
 *
 * @param code where the transport itself said why, the Close code that this means; or else 0
 */
public record LinkEnd(Kind kind, int code) {
  /** What the transport can say. */
  public enum Kind {
    /** The peer ended its direction in good order [PW-CLS-4]. */
    PEER_CLOSED,
    /** The peer closed with a code of the transport that stands for one of ours [PW-MAP-1]. */
    CODE,
    /** A reset, or whatever else was no orderly end. */
    FAILED
  }

  public static final LinkEnd PEER_CLOSED = new LinkEnd(Kind.PEER_CLOSED, 0);
  public static final LinkEnd FAILED = new LinkEnd(Kind.FAILED, 0);

  public static LinkEnd code(int code) {
    return new LinkEnd(Kind.CODE, code);
  }
}
