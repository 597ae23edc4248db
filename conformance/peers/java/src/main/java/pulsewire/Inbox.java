package pulsewire;

import java.util.ArrayDeque;
import java.util.Deque;

/** Messages that the application has not taken [PW-LIM-5]. */
final class Inbox {
  /** What a message costs beside its octets, so that empty ones are bounded too. */
  private static final int COST_OF_MESSAGE = 64;

  private final Deque<byte[]> messages = new ArrayDeque<>();
  private final int limit;
  private long cost;

  Inbox(int limit) {
    this.limit = limit;
  }

  void add(byte[] message) {
    messages.add(message);
    cost += message.length + COST_OF_MESSAGE;
  }

  /** The next message, or null. */
  byte[] poll() {
    byte[] message = messages.poll();
    if (message != null) {
      cost -= message.length + COST_OF_MESSAGE;
    }
    return message;
  }

  boolean isFull() {
    return cost >= limit;
  }
}
