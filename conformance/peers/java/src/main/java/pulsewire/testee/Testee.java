package pulsewire.testee;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import pulsewire.Connection;
import pulsewire.testee.Connections.Target;
import pulsewire.transport.Grpc;
import pulsewire.transport.Link;
import pulsewire.transport.Tcp;
import pulsewire.transport.Transport;
import pulsewire.transport.WebSocket;

/**
 * Carries out the commands of the suite, on the event loop that runs all connections: so they are
 * carried out in their order, and none while a {@code stall} holds the loop.
 */
final class Testee {
  static final Map<String, Transport> TRANSPORTS =
      Map.of("tcp", new Tcp(), "ws", new WebSocket(), "grpc", new Grpc());

  private static final List<String> FEATURES =
      List.of("always_beat", "optional_peers", "stall", "suspend", "gateway", "legacy", "collect");

  private final EventLoop loop;
  private final Output out;
  private final SettableClock clock = new SettableClock();
  private final Connections connections;
  private final Map<String, Listening> listeners = new HashMap<>();

  /** A port, and the names of what it has accepted. */
  private record Listening(Transport.Listener port, List<String> accepted) {}

  Testee(EventLoop loop, Output out) {
    this.loop = loop;
    this.out = out;
    this.connections = new Connections(loop, clock, out);
  }

  /** Ends all listeners and connections; complete when none is left. */
  CompletableFuture<Void> letGo() {
    return CompletableFuture.supplyAsync(
            () -> {
              listeners.values().forEach(listening -> listening.port().close());
              return connections.closeAll();
            },
            loop)
        .thenCompose(all -> all);
  }

  void carryOut(JsonObject command) {
    boolean listens = Json.string(command, "role", "").equals("listen");
    if (listens) {
      attempt(command); // it waits for the loop
    } else {
      loop.execute(() -> attempt(command));
    }
  }

  private void attempt(JsonObject command) {
    JsonElement id = command.get("id");
    try {
      switch (Json.string(command, "cmd", "")) {
        case "hello" -> out.ok(id, hello());
        case "open" -> open(id, command);
        case "send" -> {
          session(command).send(Sending.of(command));
          out.ok(id);
        }
        case "read" -> {
          session(command).read();
          out.ok(id);
        }
        case "close" -> {
          close(command);
          out.ok(id);
        }
        case "stall" -> {
          out.ok(id);
          TimeUnit.MILLISECONDS.sleep(Json.number(command, "ms", 0));
        }
        case "suspend" -> {
          clock.setAhead(Json.number(command, "ms", 0));
          out.ok(id);
        }
        case "collect" -> {
          out.ok(id);
          collect(Json.number(command, "ms", 0));
        }
        default -> throw new UnsupportedException("no such command");
      }
    } catch (UnsupportedException unknown) {
      out.error(id, "unsupported", unknown.getMessage());
    } catch (IllegalArgumentException refused) {
      out.error(id, "invalid", refused.getMessage());
    } catch (IOException | InterruptedException failure) {
      out.error(id, "failed", failure.toString());
    }
  }

  private static JsonObject hello() {
    var hello = new JsonObject();
    hello.addProperty("contract", 1);
    hello.addProperty("name", "pulsewire-peer-java");
    hello.addProperty("version", "0.1.0");
    hello.addProperty("language", "Java");
    hello.add("transports", strings(List.of("tcp", "ws", "grpc")));
    hello.add("roles", strings(List.of("dial", "listen")));
    hello.add("features", strings(FEATURES));
    return hello;
  }

  private static JsonArray strings(Iterable<String> values) {
    var array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  private Session session(JsonObject command) throws IOException {
    String name = Json.string(command, "conn", "");
    Session session = connections.session(name);
    if (session == null) {
      throw new IOException("no connection " + name);
    }
    return session;
  }

  private void close(JsonObject command) {
    String name = Json.string(command, "conn", "");
    Listening listening = listeners.remove(name);
    Connection connection = connections.connection(name);
    if (listening != null) {
      listening.port().close();
      connections.closeAll(listening.accepted());
    } else if (connection != null) {
      int code = (int) Json.number(command, "code", 0);
      connection.close(code, Json.string(command, "reason", ""));
    }
  }

  private void collect(long ms) {
    var collecting =
        new Thread(
            () -> {
              var measured = new JsonObject();
              measured.addProperty("collected_ms", Collector.collect(ms));
              out.event("state", "", measured);
            },
            "collector");
    collecting.setDaemon(true);
    collecting.start();
  }

  private void open(JsonElement id, JsonObject command) throws IOException {
    String name = Json.string(command, "conn", "");
    Config.requireKnown("role", Json.string(command, "role", ""), Set.of("dial", "listen"));
    if (Json.string(command, "role", "").equals("dial")) {
      connections
          .dial(name, target(command))
          .whenComplete(
              (dialled, failure) -> {
                if (failure == null) {
                  out.ok(id);
                } else {
                  out.error(id, "failed", failure.toString());
                }
              });
    } else {
      listen(id, name, command);
    }
  }

  private void listen(JsonElement id, String name, JsonObject command) throws IOException {
    Transport transport = transport(command);
    Config config = Config.of(Json.object(command, "config"));
    Target target = command.has("forward") ? target(Json.object(command, "forward")) : null;
    List<String> accepted = new ArrayList<>();
    Transport.Listener port =
        transport.listen(
            loop,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            config.options().maxFrameBytes(),
            link -> accept(name, accepted, link, config, target));
    loop.execute(
        () -> {
          listeners.put(name, new Listening(port, accepted));
          var address = new JsonObject();
          address.addProperty("host", port.address().getAddress().getHostAddress());
          address.addProperty("port", port.address().getPort());
          var result = new JsonObject();
          result.add("address", address);
          out.ok(id, result);
        });
  }

  private Link.Handler accept(
      String listener, List<String> accepted, Link link, Config config, Target target) {
    String name = listener + "#" + (accepted.size() + 1);
    accepted.add(name);
    var announced = new JsonObject();
    announced.addProperty("listener", listener);
    out.event("open", name, announced);
    return target == null
        ? connections.open(name, link, config)
        : connections.bridge(name, link, config, target);
  }

  private static Transport transport(JsonObject json) {
    String name = Json.string(json, "transport", "");
    Config.requireKnown("transport", name, TRANSPORTS.keySet());
    return TRANSPORTS.get(name);
  }

  private static Target target(JsonObject json) {
    Transport transport = transport(json);
    Config config = Config.of(Json.object(json, "config"));
    JsonObject address = Json.object(json, "address");
    var socket =
        new InetSocketAddress(
            Json.string(address, "host", "127.0.0.1"), (int) Json.number(address, "port", 0));
    return new Target(transport, socket, config);
  }
}
