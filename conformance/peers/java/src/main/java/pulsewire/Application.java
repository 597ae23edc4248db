package pulsewire;

import java.time.Duration;
import pulsewire.core.End;

/** What a connection tells its user, on the connection's executor. */
public interface Application {
  void onMessage(Connection connection, byte[] message);

  /** The connection has ended: said once. */
  default void onEnd(Connection connection, End end) {}

  /** All that was sent has gone to the transport. */
  default void onDrained(Connection connection) {}

  default void onRoundTrip(Connection connection, Duration time) {}
}
