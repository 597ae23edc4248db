package pulsewire.core;

import java.util.random.RandomGenerator;
import pulsewire.v1.FrameOuterClass.Heartbeat;

/**
 * When this side's heartbeats go out, and what they say. At most one of each kind waits [PW-SND-8],
 * and whatever it hears, there is one rhythm [PW-SND-11].
 */
final class Cadence {
  private final Adoption adoption;
  private final RoundTrips roundTrips;
  private final RandomGenerator random;
  private final boolean alwaysBeat;
  private final Answers answers = new Answers();

  private long beatAt;
  private boolean beatWaits;
  private boolean probeWaits;

  Cadence(Options options, Adoption adoption, RoundTrips roundTrips, RandomGenerator random) {
    this.adoption = adoption;
    this.roundTrips = roundTrips;
    this.random = random;
    this.alwaysBeat = options.alwaysBeat();
  }

  /** The opening, or another heartbeat-time than before, is to be told at once. */
  void announce() {
    beatWaits = true;
  }

  void probe() {
    probeWaits = true;
  }

  /** The peer has probed; nothing else that it sends is answered [PW-SND-10]. */
  void probed(long now) {
    beatWaits |= answers.probed(now); // [PW-PRB-2]
  }

  boolean waits() {
    return beatWaits || probeWaits;
  }

  /** When {@link #fallDue} is to be called. */
  long due() {
    boolean beatIsNext = adoption.beats() && !waits();
    return beatIsNext ? Math.min(answers.due(), beatAt) : answers.due();
  }

  void fallDue(long now) {
    beatWaits |= answers.fallDue(now);
    beatWaits |= adoption.beats() && now >= beatAt; // [PW-SND-3]
  }

  /** The heartbeat that goes out now, or null. An answer asks for nothing [PW-PRB-4]. */
  Heartbeat.Builder next(long now) {
    if (!waits()) {
      return null;
    }
    boolean probes = !beatWaits;
    if (probes) {
      probeWaits = false;
    } else {
      beatWaits = false;
      answers.sent(now);
    }
    Heartbeat.Builder heartbeat = Heartbeat.newBuilder().setReplyRequested(probes);
    if (adoption.beats()) {
      heartbeat.setHeartbeatTimeMs((int) adoption.effectiveMs()); // [PW-HBT-1, PW-ADP-5]
    }
    roundTrips.stamp(heartbeat, now);
    drawNext(now);
    return heartbeat;
  }

  /** Data takes the place of the next heartbeat, but not of one that waits [PW-SND-6]. */
  void dataSent(long now) {
    if (!alwaysBeat) {
      drawNext(now);
    }
  }

  /** [PW-SND-5]. */
  private void drawNext(long now) {
    beatAt = now + (long) (adoption.effective() * (0.75 + 0.25 * random.nextDouble()));
  }
}
