package pulsewire.testee;

import java.lang.ref.Reference;
import java.util.concurrent.TimeUnit;

/** Makes the garbage collector stop the world. */
final class Collector {
  /** Some 150 MB, of which a full collection has to visit each object. */
  private static final int LIVE_OBJECTS = 3_000_000;

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
    collectUntil(began + TimeUnit.MILLISECONDS.toNanos(ms));
    long took = System.nanoTime() - began;
    System.gc(); // gives the memory back
    return TimeUnit.NANOSECONDS.toMillis(took);
  }

  private static void collectUntil(long end) {
    Node live = null;
    for (int count = 0; count < LIVE_OBJECTS; count++) {
      live = new Node(live);
    }
    while (System.nanoTime() - end < 0) {
      System.gc();
    }
    Reference.reachabilityFence(live);
  }

  private Collector() {}
}
