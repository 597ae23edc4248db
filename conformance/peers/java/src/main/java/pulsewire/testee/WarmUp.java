package pulsewire.testee;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import pulsewire.Application;
import pulsewire.Connection;
import pulsewire.core.End;
import pulsewire.core.Options;
import pulsewire.transport.Transport;

/**
 * Talks to itself over every transport before the first command: a first connection would otherwise
 * wait for some thousand classes to be loaded, for longer than the 100 ms of "at once".
 */
final class WarmUp {
  /** The first loads the classes; with the second the methods have been compiled. */
  private static final int ROUNDS = 2;

  private static final int CONNECTIONS = 20;
  private static final int MESSAGE_BYTES = 100_000;
  private static final long LONGEST_S = 4;

  private final EventLoop loop;
  private final Options options = Options.builder().build();

  private WarmUp(EventLoop loop) {
    this.loop = loop;
  }

  static void run(EventLoop loop) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      for (Transport transport : Testee.TRANSPORTS.values()) {
        new WarmUp(loop).over(transport);
      }
    }
  }

  private void over(Transport transport) throws IOException, InterruptedException {
    var done = new CountDownLatch(CONNECTIONS);
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Application echo = Connection::send;
    Application once =
        new Application() {
          @Override
          public void onMessage(Connection connection, byte[] message) {
            connection.close(0, "");
          }

          @Override
          public void onEnd(Connection connection, End end) {
            done.countDown();
          }
        };
    int limit = options.maxFrameBytes();
    try (var listener =
        transport.listen(loop, loopback, limit, link -> Connection.open(link, options, echo))) {
      List<CompletableFuture<Connection>> dialled = new ArrayList<>();
      for (int count = 0; count < CONNECTIONS; count++) {
        dialled.add(
            transport.dial(
                loop, listener.address(), limit, link -> Connection.open(link, options, once)));
      }
      dialled.forEach(future -> future.thenAccept(this::talk));
      done.await(LONGEST_S, TimeUnit.SECONDS);
    }
  }

  private void talk(Connection connection) {
    connection.probe();
    connection.send(new byte[MESSAGE_BYTES]);
  }
}
