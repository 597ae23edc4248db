package pulsewire.testee;

/** A command, or a part of one, that this testee does not know. */
final class UnsupportedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedException(String message) {
    super(message);
  }
}
