package pulsewire.testee;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The wall clock, which a suspend of the machine sets ahead. */
final class SettableClock implements InstantSource {
  private final AtomicLong aheadMs = new AtomicLong();

  void setAhead(long ms) {
    aheadMs.addAndGet(ms);
  }

  @Override
  public Instant instant() {
    return Instant.now().plusMillis(aheadMs.get());
  }
}
