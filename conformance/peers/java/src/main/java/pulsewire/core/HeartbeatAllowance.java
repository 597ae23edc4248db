package pulsewire.core;

/** How many heartbeats a peer may send: 600 at once and 40 a second after that [PW-LIM-3]. */
final class HeartbeatAllowance {
  private static final double BURST = 600;
  private static final double PER_NANOSECOND = 40 / 1e9;

  private double left = BURST;
  private long refilledAt;

  HeartbeatAllowance(long now) {
    refilledAt = now;
  }

  /** False if that was one too many. */
  boolean take(long now) {
    if (left < BURST) {
      left = Math.min(BURST, left + (now - refilledAt) * PER_NANOSECOND);
    }
    refilledAt = now;
    left -= 1;
    return left >= 0;
  }

  /** What came while nobody read came at its own pace: this credit is above the burst. */
  void addPause(long nanoseconds) {
    left += nanoseconds * PER_NANOSECOND;
    refilledAt += nanoseconds;
  }
}
