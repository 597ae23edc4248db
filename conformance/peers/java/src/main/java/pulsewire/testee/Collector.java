package pulsewire.testee;

import java.util.concurrent.TimeUnit;

/** Makes the garbage collector stop the world. */
final class Collector {
  /** Some 250 MB, of which a full collection has to visit each object. */
  private static final int LIVE_OBJECTS = 6_000_000;

  private static final class Node {
    final Node next;
    final byte[] some = new byte[8];

    Node(Node next) {
      this.next = next;
    }
  }

  /** Collects a large live heap until so much time has passed; how long it took, in ms. */
  static long collect(long ms) {
    long began = System.nanoTime();
    Node live = null;
    for (int count = 0; count < LIVE_OBJECTS; count++) {
      live = new Node(live);
    }
    do {
      System.gc();
    } while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(ms));
    java.lang.ref.Reference.reachabilityFence(live);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  private Collector() {}
}
