package pulsewire.core;

/**
 * How long the peer has said nothing, and what follows from it. Times are nanoseconds; {@code
 * patience} is max(<i>E</i>, <i>P</i>), or {@link Machine#NEVER} while nothing is expected of the
 * peer.
 */
final class Silence {
  enum Verdict {
    WAIT,
    ASK,
    DOWN
  }

  private final long slack;
  private long since;
  private boolean asked;
  private boolean pardoned;
  private long reprieve;
  private boolean paused;
  private long pausedAt;

  Silence(long slack, long now) {
    this.slack = slack;
    this.since = now;
  }

  /** Something of the peer arrived: suspicion, pardon and the silence itself are over. */
  void end(long now) {
    since = now;
    asked = false; // [PW-PRB-5]
    pardoned = false;
  }

  void pause(long now) {
    paused = true;
    pausedAt = now;
  }

  /** Moves everything by the length of the pause [PW-LIV-9]. */
  void resume(long now) {
    if (paused) {
      paused = false;
      since = now - Math.max(0, pausedAt - since);
      reprieve += now - pausedAt;
    }
  }

  /** When {@link #judge} has something to say. */
  long due(long patience) {
    if (paused || patience == Machine.NEVER) {
      return Machine.NEVER;
    }
    return asked ? deadline(patience) : Math.min(suspicion(patience), deadline(patience));
  }

  private long suspicion(long patience) {
    return since + patience + slack / 2; // [PW-PRB-1]
  }

  private long deadline(long patience) {
    return pardoned ? reprieve : since + patience + slack; // [PW-LIV-3]
  }

  Verdict judge(long patience, long now) {
    if (due(patience) > now) {
      return Verdict.WAIT;
    }
    long late = now - deadline(patience);
    if (late < 0) {
      asked = true;
      return Verdict.ASK;
    }
    if (late <= slack || pardoned) {
      return Verdict.DOWN; // [PW-LIV-5], and [PW-CLK-4] for a second delay
    }
    // It was this side that was late: the peer is asked once more [PW-CLK-3].
    pardoned = true;
    asked = true;
    reprieve = now + slack;
    return Verdict.ASK;
  }
}
