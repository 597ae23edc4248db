package pulsewire.core;

import java.util.random.RandomGenerator;

/** Always the same number, from 0 to 1. */
record FixedRandom(double value) implements RandomGenerator {
  @Override
  public long nextLong() {
    throw new UnsupportedOperationException();
  }

  @Override
  public double nextDouble() {
    return value;
  }
}
