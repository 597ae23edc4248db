package pulsewire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import pulsewire.core.End;
import pulsewire.core.Options;
import pulsewire.transport.Transport;

/** An event loop, and applications on it whose events can be waited for. */
final class Peers implements AutoCloseable {
  private static final long PATIENCE_S = 10;

  /** It logs each peer that breaks its rules, with the stack: that is what some tests are for. */
  private static final Logger GRPC = Logger.getLogger("io.grpc.netty");

  private static final String NOTHING = "0 channels, timers: false";

  final WatchedLoop loop = new WatchedLoop();

  Peers() {
    GRPC.setLevel(Level.OFF);
  }

  private Transport.Listener listener;

  /** An event loop that says whether anything is left on it. */
  static final class WatchedLoop extends SingleThreadIoEventLoop {
    WatchedLoop() {
      super(null, new DefaultThreadFactory("loop"), NioIoHandler.newFactory());
    }

    String left() {
      return submit(
              () -> getNumOfRegisteredChannels() + " channels, timers: " + hasScheduledTasks())
          .awaitUninterruptibly()
          .getNow();
    }
  }

  /** An application that keeps what it is told. */
  static final class App implements Application {
    final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    final BlockingQueue<Duration> roundTrips = new LinkedBlockingQueue<>();

    @Override
    public void onMessage(Connection connection, byte[] message) {
      messages.add(message);
    }

    @Override
    public void onEnd(Connection connection, End end) {
      ends.add(end);
    }

    @Override
    public void onRoundTrip(Connection connection, Duration time) {
      roundTrips.add(time);
    }

    byte[] message() throws InterruptedException {
      return await(messages);
    }

    End end() throws InterruptedException {
      return await(ends);
    }

    static <T> T await(BlockingQueue<T> queue) throws InterruptedException {
      T element = queue.poll(PATIENCE_S, TimeUnit.SECONDS);
      assertNotNull(element, "nothing came");
      return element;
    }
  }

  /** Where to dial each connection that is accepted is given to the queue. */
  BlockingQueue<Connection> listen(Transport transport, Options options, Application application)
      throws IOException {
    BlockingQueue<Connection> accepted = new LinkedBlockingQueue<>();
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    listener =
        transport.listen(
            loop,
            loopback,
            options.maxFrameBytes(),
            link -> {
              var connection = Connection.open(link, options, application);
              accepted.add(connection);
              return connection;
            });
    return accepted;
  }

  InetSocketAddress address() {
    return listener.address();
  }

  Connection dial(Transport transport, Options options, Application application) throws Exception {
    return dialTo(address(), transport, options, application);
  }

  Connection dialTo(
      InetSocketAddress to, Transport transport, Options options, Application application)
      throws Exception {
    return transport
        .dial(
            loop, to, options.maxFrameBytes(), link -> Connection.open(link, options, application))
        .get(PATIENCE_S, TimeUnit.SECONDS);
  }

  /** Closes the listener, and sees that no channel and no timer is left. */
  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    String left = loop.left();
    while (!left.equals(NOTHING) && System.nanoTime() < patience) {
      left = loop.left();
    }
    assertEquals(NOTHING, left);
    loop.shutdownGracefully(0, PATIENCE_S, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
