package pulsewire.core;

/** When probes are answered: at once [PW-PRB-2], but no two answers less than 100 ms apart. */
final class Answers {
  private static final long APART = 100_000_000;

  private boolean waits;
  private long at = Machine.NEVER;
  private boolean anySent;
  private long sentAt;

  /** A probe has come; true if a heartbeat has to answer it now. */
  boolean probed(long now) {
    if (waits || at != Machine.NEVER) {
      return false; // [PW-PRB-3]: it shares the answer that is to come
    }
    at = anySent ? sentAt + APART : now;
    return fallDue(now);
  }

  /** When {@link #fallDue} is to be called. */
  long due() {
    return at;
  }

  /** True if a heartbeat has to answer now. */
  boolean fallDue(long now) {
    if (now < at) {
      return false;
    }
    at = Machine.NEVER;
    waits = true;
    return true;
  }

  /** A heartbeat goes out, and answers what there is to answer. */
  void sent(long now) {
    if (waits) {
      waits = false;
      anySent = true;
      sentAt = now;
    }
  }
}
