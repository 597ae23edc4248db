package pulsewire;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import pulsewire.core.Machine;

/**
 * The one timer of a connection. Before it rings it lets the event loop look at its sockets once
 * more, so that what the transport holds has been read when a deadline is judged [PW-CLK-2].
 */
final class Alarm {
  /** If that look was longer ago than this, the process stood still since, and it looks again. */
  private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(20);

  /** A loop that is always so slow must come to a judgement too. */
  private static final int MOST_LOOKS = 10;

  private final EventExecutor executor;
  private final LongSupplier clock;
  private final LongSupplier due;
  private final Runnable ring;

  private ScheduledFuture<?> task;
  private long setTo = Machine.NEVER;
  private long lookedAt;
  private int looks;

  /**
   * @param due when to ring, {@link Machine#NEVER} for not at all
   */
  Alarm(EventExecutor executor, LongSupplier clock, LongSupplier due, Runnable ring) {
    this.executor = executor;
    this.clock = clock;
    this.due = due;
    this.ring = ring;
  }

  /**
   * To be called when {@code due} may have changed. Each octet makes it later: that costs nothing.
   */
  void update() {
    long at = due.getAsLong();
    if (at == Machine.NEVER) {
      cancel();
    } else if (at < setTo) {
      cancel();
      setTo = at;
      task = executor.schedule(this::fire, at - clock.getAsLong(), TimeUnit.NANOSECONDS);
    }
  }

  private void cancel() {
    setTo = Machine.NEVER;
    if (task != null) {
      task.cancel(false);
      task = null;
    }
  }

  private void fire() {
    if (due.getAsLong() > clock.getAsLong()) {
      cancel();
      update();
    } else {
      looks = 0;
      look();
    }
  }

  private void look() {
    looks++;
    lookedAt = clock.getAsLong();
    setTo = Long.MIN_VALUE; // nothing is sooner
    task = executor.schedule(this::judge, 1, TimeUnit.NANOSECONDS);
  }

  private void judge() {
    if (clock.getAsLong() - lookedAt > FRESH && looks < MOST_LOOKS) {
      look();
    } else {
      cancel();
      ring.run();
    }
  }
}
