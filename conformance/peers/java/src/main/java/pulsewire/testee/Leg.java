package pulsewire.testee;

import pulsewire.Application;
import pulsewire.Connection;
import pulsewire.core.End;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** One of the two connections of a gateway, each with a state machine of its own [PW-GWY-1]. */
final class Leg implements Application {
  /** More than this is not taken from one side while the other does not read. */
  private static final int MOST_QUEUED_OCTETS = 1_048_576;

  private final Connections.Ended ended;
  private Leg other;
  private Connection connection;
  private boolean gone;

  Leg(Connections.Ended ended) {
    this.ended = ended;
  }

  /** Messages wait until there is another leg. */
  void begin(Connection opened) {
    connection = opened;
    connection.setReading(false);
  }

  static void join(Leg one, Leg two) {
    one.other = two;
    two.other = one;
    one.flow();
    two.flow();
  }

  /** Passes on what has come, at its end too, and tells the other leg of that end. */
  private void flow() {
    connection.setReading(true);
    if (gone) {
      other.lost();
    }
  }

  /** [PW-GWY-4]. */
  void lost() {
    connection.close(CloseCode.CLOSE_CODE_UPSTREAM_LOST_VALUE, "");
  }

  @Override
  public void onMessage(Connection from, byte[] message) {
    other.connection.send(message); // [PW-GWY-2]: messages, and nothing else
    if (other.connection.queuedOctets() > MOST_QUEUED_OCTETS) {
      from.setReading(false);
    }
  }

  @Override
  public void onDrained(Connection from) {
    if (other != null) {
      other.connection.setReading(true);
    }
  }

  @Override
  public void onEnd(Connection from, End end) {
    gone = true;
    ended.with(end);
    if (other != null) {
      other.lost();
    }
  }
}
