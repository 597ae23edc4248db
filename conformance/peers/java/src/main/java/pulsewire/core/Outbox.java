package pulsewire.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayDeque;
import java.util.Deque;
import pulsewire.v1.FrameOuterClass.Frame;

/** The messages that the application has sent and the transport has not taken yet. */
final class Outbox {
  /** So that a large message delays no heartbeat and does not look like silence [PW-DAT-4]. */
  private static final int MOST_IN_ONE_FRAME = 65_536;

  private final Deque<byte[]> messages = new ArrayDeque<>();
  private int sentOfFirst;
  private long octets;

  void add(byte[] message) {
    messages.add(message);
    octets += message.length;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  long octets() {
    return octets;
  }

  void clear() {
    messages.clear();
    octets = 0;
  }

  /** The next data frame: parts of two messages are never mixed [PW-DAT-3]. */
  Frame.Builder next() {
    byte[] message = messages.element();
    int length = Math.min(message.length - sentOfFirst, MOST_IN_ONE_FRAME);
    ByteString part = UnsafeByteOperations.unsafeWrap(message, sentOfFirst, length);
    sentOfFirst += length;
    octets -= length;
    boolean more = sentOfFirst < message.length;
    if (!more) {
      messages.remove();
      sentOfFirst = 0;
    }
    return Frame.newBuilder().setData(part).setMore(more);
  }
}
