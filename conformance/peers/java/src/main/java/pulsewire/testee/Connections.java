package pulsewire.testee;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import pulsewire.Connection;
import pulsewire.core.End;
import pulsewire.transport.Link;
import pulsewire.transport.Transport;
import pulsewire.v1.FrameOuterClass.CloseCode;

/** All connections by name. Only the event loop touches them. */
final class Connections {
  /** Called when a connection has ended. */
  interface Ended {
    void with(End end);
  }

  /** Where to dial, and how. */
  record Target(Transport transport, InetSocketAddress address, Config config) {}

  private final EventLoop loop;
  private final InstantSource clock;
  private final Output out;
  private final Map<String, Connection> connections = new HashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();

  Connections(EventLoop loop, InstantSource clock, Output out) {
    this.loop = loop;
    this.clock = clock;
    this.out = out;
  }

  /** The application of a connection; null if there is none, or it has ended. */
  Session session(String name) {
    return sessions.get(name);
  }

  /** Null if there is none, or it has ended. */
  Connection connection(String name) {
    return connections.get(name);
  }

  void closeAll(List<String> names) {
    for (String name : names) {
      Connection connection = connections.get(name);
      if (connection != null) {
        connection.close(CloseCode.CLOSE_CODE_GOING_AWAY_VALUE, ""); // [PW-CLS-11]
      }
    }
  }

  /** Complete when the transports of all connections are gone. */
  CompletableFuture<Void> closeAll() {
    var released = connections.values().stream().map(Connection::released);
    var all = CompletableFuture.allOf(released.toArray(CompletableFuture<?>[]::new));
    closeAll(List.copyOf(connections.keySet()));
    return all;
  }

  CompletableFuture<?> dial(String name, Target target) {
    return target
        .transport()
        .dial(
            loop,
            target.address(),
            target.config().options().maxFrameBytes(),
            link -> open(name, link, target.config()));
  }

  /** A connection with an application of its own. */
  Link.Handler open(String name, Link link, Config config) {
    var session = new Session(loop, config, end -> ended(name, end));
    var connection = Connection.open(link, config.options(), session, clock);
    sessions.put(name, session);
    connections.put(name, connection);
    session.begin(connection);
    return config.legacy() ? new LegacyFilter(connection) : connection;
  }

  /** A connection whose messages go to another one, which is dialled now, and back. */
  Link.Handler bridge(String name, Link link, Config config, Target target) {
    var near = new Leg(end -> ended(name, end));
    var connection = Connection.open(link, config.options(), near, clock);
    connections.put(name, connection);
    near.begin(connection);
    target
        .transport()
        .dial(
            loop,
            target.address(),
            target.config().options().maxFrameBytes(),
            other -> bridgeTo(near, other, target.config()))
        .whenComplete(
            (dialled, failure) -> {
              if (failure != null) {
                loop.execute(near::lost);
              }
            });
    return connection;
  }

  private Link.Handler bridgeTo(Leg near, Link link, Config config) {
    var far = new Leg(end -> {});
    var connection = Connection.open(link, config.options(), far, clock);
    far.begin(connection);
    Leg.join(near, far);
    return connection;
  }

  private void ended(String name, End end) {
    connections.remove(name);
    sessions.remove(name);
    out.ended(name, end);
  }
}
