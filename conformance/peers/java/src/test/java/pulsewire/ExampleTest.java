package pulsewire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import pulsewire.core.End;
import pulsewire.core.Event;
import pulsewire.core.Machine;
import pulsewire.core.Options;
import pulsewire.transport.Tcp;

/** The examples of the README: the core over a transport of one's own, and a connection. */
class ExampleTest {
  /** What has to be there already: something that carries octets, a clock and a timer. */
  interface Wire {
    void send(byte[] frame);

    void close();
  }

  static final class Peer {
    private final Machine machine;
    private final Wire wire;
    final Deque<byte[]> received = new ArrayDeque<>();
    End end;

    Peer(Options options, Wire wire, long now) {
      this.machine = new Machine(options, new SplittableRandom());
      this.wire = wire;
      machine.open(now);
      advance(now);
    }

    void frameArrived(byte[] frame, long now) {
      machine.handleFrame(frame, now);
      advance(now);
    }

    void send(byte[] message, long now) {
      machine.send(message);
      advance(now);
    }

    void timeout(long now) {
      machine.handleTimeout(now);
      advance(now);
    }

    /** When to call timeout. */
    long due() {
      return machine.pollTimeout();
    }

    private void advance(long now) {
      for (byte[] frame; (frame = machine.pollTransmit(now)) != null; ) {
        wire.send(frame);
      }
      for (Event event; (event = machine.pollEvent()) != null; ) {
        if (event instanceof Event.Message message) {
          received.add(message.data());
        } else if (event instanceof Event.Ended ended) {
          end = ended.end();
        } else if (event instanceof Event.Finish || event instanceof Event.Abort) {
          wire.close();
        }
      }
    }
  }

  @Test
  void findsThatThePeerIsGone() {
    Deque<byte[]> sent = new ArrayDeque<>();
    Wire wire =
        new Wire() {
          @Override
          public void send(byte[] frame) {
            sent.add(frame);
          }

          @Override
          public void close() {
            sent.add(new byte[0]);
          }
        };
    var options = Options.builder().heartbeatTime(Duration.ofSeconds(5)).build();
    var peer = new Peer(options, wire, 0);
    long now = 0;
    while (peer.end == null) {
      now = peer.due();
      peer.timeout(now);
    }
    assertEquals(End.Cause.PEER_SILENT, peer.end.cause());
    assertEquals(Duration.ofSeconds(7), Duration.ofNanos(now));
    assertEquals(0, sent.getLast().length, "closed");
  }

  @Test
  void echoes() throws Exception {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
    var options = Options.builder().heartbeatTime(Duration.ofSeconds(5)).build();
    int limit = options.maxFrameBytes();
    Application echo = Connection::send;
    var listener =
        new Tcp().listen(loop, address, limit, link -> Connection.open(link, options, echo));

    var received = new CompletableFuture<byte[]>();
    Application reader = (connection, message) -> received.complete(message);
    Connection dialled =
        new Tcp()
            .dial(loop, listener.address(), limit, link -> Connection.open(link, options, reader))
            .get();
    dialled.send(new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, received.get(10, TimeUnit.SECONDS));
    dialled.close(0, "");
    listener.close();
    dialled.released().get(10, TimeUnit.SECONDS);
    loop.shutdownGracefully();
  }
}
