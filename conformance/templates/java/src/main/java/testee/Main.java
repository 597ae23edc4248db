package testee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import testee.Peer.Connection;
import testee.Peer.Listener;

/**
 * A Pulsewire testee: your implementation (Peer) behind the control contract of the suite, which is
 * all of this file. One JSON object a line comes in on standard input, and one a line goes out on
 * standard output. Logs belong on standard error.
 */
public final class Main {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PrintStream OUT = System.out;

  private static final Set<String> OPTIONS =
      Set.of(
          "heartbeat_time_ms",
          "slack_ms",
          "floor_ms",
          "max_frame_bytes",
          "max_message_bytes",
          "first_frame_timeout_ms",
          "max_unread_bytes",
          "reply",
          "read",
          "stream");

  /** Options that need a feature, and which. */
  private static final Map<String, String> OPTIONS_OF_FEATURES =
      Map.of("always_beat", "always_beat", "peer_heartbeats", "optional_peers");

  private static final class UnsupportedException extends RuntimeException {
    UnsupportedException(String message) {
      super(message);
    }
  }

  private final Map<String, Connection> connections = new ConcurrentHashMap<>();
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  private final ExecutorService background = Executors.newCachedThreadPool();

  public static void main(String[] args) throws IOException {
    // Whatever else is printed must not come between the lines of the contract.
    System.setOut(System.err);
    new Main().run();
    System.exit(0);
  }

  private void run() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode command = JSON.readTree(line);
      switch (command.path("cmd").asText()) {
        case "bye" -> {
          return;
        }
        // A dial may take its time: no command waits for it.
        case "open" -> background.execute(() -> answer(command));
        default -> answer(command);
      }
    }
  }

  private static void say(Map<String, Object> line) {
    try {
      byte[] octets = JSON.writeValueAsBytes(line);
      synchronized (OUT) {
        OUT.write(octets, 0, octets.length);
        OUT.write('\n');
        OUT.flush();
      }
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  private void answer(JsonNode command) {
    var line = new LinkedHashMap<String, Object>();
    line.put("id", command.get("id"));
    try {
      line.put("ok", carryOut(command));
    } catch (IOException | RuntimeException error) {
      line.put(
          "err",
          error instanceof UnsupportedException
              ? "unsupported"
              : error instanceof Peer.InvalidConfigException ? "invalid" : "failed");
      line.put("why", String.valueOf(error.getMessage()));
    }
    say(line);
  }

  private Map<String, Object> carryOut(JsonNode command) throws IOException {
    String conn = command.path("conn").asText();
    switch (command.path("cmd").asText()) {
      case "hello" -> {
        return Map.of(
            "contract", 1,
            "name", Peer.NAME,
            "version", Peer.VERSION,
            "language", "Java",
            "transports", Peer.TRANSPORTS,
            "roles", Peer.ROLES,
            "features", Peer.FEATURES);
      }
      case "open" -> {
        return open(command);
      }
      case "send" -> send(connection(conn), command, command.path("repeat").asLong(1));
      case "read" -> connection(conn).read();
      case "close" -> {
        // What is gone already is no error.
        Listener listener = listeners.remove(conn);
        if (listener != null) listener.close().run();
        else if (connections.containsKey(conn))
          connection(conn).close(command.path("code").asInt(1), command.path("reason").asText());
      }
      default -> throw new UnsupportedException("no such command");
    }
    return Map.of();
  }

  private Connection connection(String conn) throws IOException {
    Connection found = connections.get(conn);
    if (found == null) throw new IOException("no connection " + conn);
    return found;
  }

  private Map<String, Object> open(JsonNode command) throws IOException {
    requireKnown(command);
    String conn = command.path("conn").asText();
    String transport = command.path("transport").asText();
    JsonNode config = command.path("config");
    BiConsumer<Connection, byte[]> received = (from, message) -> reply(from, message, config);
    if (command.path("role").asText().equals("dial")) {
      JsonNode address = command.path("address");
      String host = address.path("host").asText();
      Connection dialled =
          Peer.dial(transport, host, address.path("port").asInt(), config, received);
      connections.put(conn, dialled);
      begin(dialled, config);
      return Map.of();
    }
    var count = new AtomicInteger();
    Consumer<Connection> accepted =
        connection -> {
          String name = conn + "#" + count.incrementAndGet();
          connections.put(name, connection);
          say(Map.of("event", "open", "conn", name, "listener", conn));
          begin(connection, config);
        };
    Listener listener = Peer.listen(transport, config, accepted, received);
    listeners.put(conn, listener);
    return Map.of("address", Map.of("host", "127.0.0.1", "port", listener.port()));
  }

  /** Whoever says yes to what it does not know claims more than it has. */
  private static void requireKnown(JsonNode command) {
    if (!Peer.TRANSPORTS.contains(command.path("transport").asText())
        || !Peer.ROLES.contains(command.path("role").asText()))
      throw new UnsupportedException("no such transport or role");
    JsonNode config = command.path("config");
    config
        .fieldNames()
        .forEachRemaining(
            key -> {
              String feature = OPTIONS_OF_FEATURES.get(key);
              boolean claimed = feature != null && Peer.FEATURES.contains(feature);
              if (!OPTIONS.contains(key) && !claimed)
                throw new UnsupportedException("no option " + key);
            });
    if (!Set.of("", "echo", "length").contains(config.path("reply").asText()))
      throw new UnsupportedException("no reply " + config.path("reply"));
  }

  /** What the application does with each message that it receives. */
  private static void reply(Connection connection, byte[] message, JsonNode config) {
    try {
      switch (config.path("reply").asText()) {
        case "echo" -> connection.send(message);
        case "length" -> connection.send(String.valueOf(message.length).getBytes());
        default -> {}
      }
    } catch (IOException ended) {
      // Nobody waits for the answer any more.
    }
  }

  /** Begins what the application sends for ever, if that was asked for. */
  private void begin(Connection connection, JsonNode config) {
    if (config.has("stream")) send(connection, config.get("stream"), Long.MAX_VALUE);
  }

  /** Sends so many messages, in the background if they are apart. */
  private void send(Connection connection, JsonNode sending, long repeat) {
    byte[] message = sending.path("text").asText().getBytes(StandardCharsets.UTF_8);
    if (!sending.has("text")) {
      message = new byte[sending.path("bytes").asInt()];
      Arrays.fill(message, (byte) '.');
    }
    byte[] octets = message;
    long everyMs = sending.path("every_ms").asLong();
    Runnable sendAll =
        () -> {
          try {
            for (long sent = 0; sent < repeat; sent++) {
              connection.send(octets);
              TimeUnit.MILLISECONDS.sleep(everyMs);
            }
          } catch (IOException | InterruptedException ended) {
            // There is nobody to send to.
          }
        };
    if (everyMs > 0) background.execute(sendAll);
    else sendAll.run();
  }
}
