package testee;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Your implementation: what the suite is to judge. */
final class Peer {
  static final String NAME = "my-peer";
  static final String VERSION = "0.1.0";

  // Claim what you have, and nothing else: what is not claimed is neither tested nor failed.
  static final List<String> TRANSPORTS = List.of("tcp"); // of "tcp", "ws", "grpc"
  static final List<String> ROLES = List.of("dial", "listen");
  static final List<String> FEATURES = List.of(); // of "always_beat", "optional_peers", "stall", "suspend", "gateway"

  /** Throw this for a configuration that the protocol forbids, before dialling or listening. */
  static final class InvalidConfigException extends RuntimeException {
    InvalidConfigException(String message) {
      super(message);
    }
  }

  /** One connection of your implementation. Its methods do not wait for the network. */
  interface Connection {
    /** Sends one message; throws once the connection has ended. */
    void send(byte[] message) throws IOException;

    /** Delivers messages from now on; they wait until then if config "read" is "paused". */
    void read();

    /** Closes with this code and reason; does nothing if the connection has ended. */
    void close(int code, String reason);
  }

  /** A port, and how to free it and let go of all its connections. */
  record Listener(int port, Runnable close) {}

  /** Connects, and returns when the connection can be used; calls received with each message. */
  static Connection dial(
      String transport,
      String host,
      int port,
      JsonNode config,
      BiConsumer<Connection, byte[]> received)
      throws IOException {
    throw new IOException("not implemented");
  }

  /**
   * Listens on a free port of 127.0.0.1, and calls accepted with each connection, before any
   * message of it.
   */
  static Listener listen(
      String transport,
      JsonNode config,
      Consumer<Connection> accepted,
      BiConsumer<Connection, byte[]> received)
      throws IOException {
    throw new IOException("not implemented");
  }

  private Peer() {}
}
