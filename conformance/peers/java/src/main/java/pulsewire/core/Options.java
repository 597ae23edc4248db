package pulsewire.core;

import java.time.Duration;

/**
 * How a side is configured. What is not set has the default that the protocol names.
 *
 * @param heartbeatTime null for a passive side
 * @param alwaysBeat send heartbeats also while data flows
 * @param peerMayBeSilent the peer need not beat [PW-LIV-8]
 * @param closeTimeout how long the peer may take to close the transport [PW-CLS-8]
 */
public record Options(
    Duration heartbeatTime,
    Duration slack,
    Duration floor,
    boolean alwaysBeat,
    boolean peerMayBeSilent,
    int maxFrameBytes,
    int maxMessageBytes,
    int maxUnreadBytes,
    Duration firstFrameTimeout,
    Duration closeTimeout) {

  static final Duration LEAST_HEARTBEAT_TIME = Duration.ofMillis(100);
  static final Duration CEILING = Duration.ofHours(1);

  /** Longer than anybody waits, and short enough that no sum of times overflows. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /** What may be refused is refused here, so that nothing below has to ask again. */
  public Options {
    if (heartbeatTime != null) {
      // [PW-HBT-4]
      requireWithin("heartbeat-time", heartbeatTime, LEAST_HEARTBEAT_TIME, CEILING);
    }
    requireWithin("slack", slack, Duration.ZERO, LONGEST); // [PW-LIV-7]
    requireWithin("floor", floor, LEAST_HEARTBEAT_TIME, CEILING); // [PW-ADP-4]
    requireWithin("first-frame timeout", firstFrameTimeout, Duration.ZERO, LONGEST);
    requireWithin("close timeout", closeTimeout, Duration.ZERO, LONGEST);
    if (maxFrameBytes < 1 || maxMessageBytes < 1 || maxUnreadBytes < 1) {
      throw new IllegalArgumentException("a limit below 1 octet");
    }
  }

  private static void requireWithin(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s of %s is not within %s and %s".formatted(what, value, least, most));
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects the options that differ from the defaults. */
  public static final class Builder {
    private Duration heartbeatTime;
    private Duration slack = Duration.ofSeconds(2);
    private Duration floor = Duration.ofSeconds(1);
    private boolean alwaysBeat;
    private boolean peerMayBeSilent;
    private int maxFrameBytes = 1_048_576;
    private int maxMessageBytes = 16_777_216;
    private int maxUnreadBytes = 16_777_216;
    private Duration firstFrameTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(2);

    private Builder() {}

    public Builder heartbeatTime(Duration value) {
      heartbeatTime = value;
      return this;
    }

    public Builder slack(Duration value) {
      slack = value;
      return this;
    }

    public Builder floor(Duration value) {
      floor = value;
      return this;
    }

    public Builder alwaysBeat(boolean value) {
      alwaysBeat = value;
      return this;
    }

    public Builder peerMayBeSilent(boolean value) {
      peerMayBeSilent = value;
      return this;
    }

    public Builder maxFrameBytes(int value) {
      maxFrameBytes = value;
      return this;
    }

    public Builder maxMessageBytes(int value) {
      maxMessageBytes = value;
      return this;
    }

    public Builder maxUnreadBytes(int value) {
      maxUnreadBytes = value;
      return this;
    }

    public Builder firstFrameTimeout(Duration value) {
      firstFrameTimeout = value;
      return this;
    }

    public Builder closeTimeout(Duration value) {
      closeTimeout = value;
      return this;
    }

    public Options build() {
      return new Options(
          heartbeatTime,
          slack,
          floor,
          alwaysBeat,
          peerMayBeSilent,
          maxFrameBytes,
          maxMessageBytes,
          maxUnreadBytes,
          firstFrameTimeout,
          closeTimeout);
    }
  }
}
