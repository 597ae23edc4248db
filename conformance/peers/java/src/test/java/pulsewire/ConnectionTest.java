package pulsewire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pulsewire.Peers.App;
import pulsewire.core.End;
import pulsewire.core.End.Cause;
import pulsewire.core.Options;
import pulsewire.transport.Grpc;
import pulsewire.transport.Tcp;
import pulsewire.transport.Transport;
import pulsewire.transport.WebSocket;

/** Two connections on real sockets, over each transport. */
class ConnectionTest {
  private static final Options PASSIVE = Options.builder().build();

  private final App near = new App();
  private final App far = new App();

  static Stream<Named<Transport>> transports() {
    return Stream.of(
        Named.of("tcp", new Tcp()), Named.of("ws", new WebSocket()), Named.of("grpc", new Grpc()));
  }

  private static Options beating(int ms) {
    return Options.builder()
        .heartbeatTime(Duration.ofMillis(ms))
        .slack(Duration.ofMillis(2 * ms))
        .floor(Duration.ofMillis(100))
        .build();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void messagesArriveWholeAndInOrder(Transport transport) throws Exception {
    try (var peers = new Peers()) {
      var accepted = peers.listen(transport, PASSIVE, far);
      Connection dialled = peers.dial(transport, PASSIVE, near);
      byte[] large = new byte[3_000_000];
      large[2_999_999] = 7;
      dialled.send(large);
      dialled.send(new byte[0]);
      dialled.send(new byte[] {1});
      assertArrayEquals(large, far.message());
      assertEquals(0, far.message().length);
      assertArrayEquals(new byte[] {1}, far.message());
      App.await(accepted).send(new byte[] {2});
      assertArrayEquals(new byte[] {2}, near.message());
      dialled.close(0, "");
      assertEquals(new End(Cause.CLOSED_BY_PEER, 1, "", null), far.end());
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void whatWasSentGoesOutBeforeClose(Transport transport) throws Exception {
    try (var peers = new Peers()) {
      var accepted = peers.listen(transport, PASSIVE, far);
      peers.dial(transport, PASSIVE, near);
      Connection connection = App.await(accepted);
      connection.send(new byte[5_000_000]);
      connection.close(2, "maintenance");
      assertEquals(5_000_000, near.message().length);
      assertEquals(new End(Cause.CLOSED_BY_PEER, 2, "maintenance", null), near.end());
      assertEquals(new End(Cause.CLOSED, 2, "maintenance", null), far.end());
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void aPassiveSideAdoptsAndIsProbed(Transport transport) throws Exception {
    try (var peers = new Peers()) {
      peers.listen(transport, Options.builder().floor(Duration.ofMillis(100)).build(), far);
      Connection dialled = peers.dial(transport, beating(100), near);
      dialled.probe();
      assertTrue(App.await(near.roundTrips).compareTo(Duration.ofSeconds(1)) < 0);
      dialled.send(new byte[1]);
      far.message();
      assertNull(near.ends.poll(500, TimeUnit.MILLISECONDS), "killed a peer that adopted");
      dialled.close(0, "");
      far.end();
    }
  }

  /**
   * [PW-CLK-2]: the loop stands still before it looks at its sockets, and once more between that
   * and its timers, while the peer's heartbeats wait in the kernel.
   */
  @ParameterizedTest
  @MethodSource("transports")
  void aStoppedLoopReadsBeforeItJudges(Transport transport) throws Exception {
    var patient =
        Options.builder()
            .heartbeatTime(Duration.ofMillis(100))
            .slack(Duration.ofSeconds(60))
            .floor(Duration.ofMillis(100))
            .build();
    try (var peers = new Peers();
        var others = new Peers()) {
      peers.listen(transport, patient, far);
      Connection dialled = others.dialTo(peers.address(), transport, beating(100), near);
      dialled.send(new byte[1]);
      far.message();
      for (int count = 0; count < 3; count++) {
        others.loop.execute(
            () -> {
              others.loop.schedule(() -> sleep(350), 1, TimeUnit.MILLISECONDS);
              sleep(250);
            });
        assertNull(near.ends.poll(900, TimeUnit.MILLISECONDS), "the stopped side judged");
      }
      dialled.close(0, "");
      far.end();
    }
  }

  private static void sleep(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void unreadMessagesPauseTheTransportAndNothingIsLost(Transport transport) throws Exception {
    var little = Options.builder().maxUnreadBytes(100_000).build();
    try (var peers = new Peers()) {
      var accepted = peers.listen(transport, little, far);
      Connection dialled = peers.dial(transport, PASSIVE, near);
      Connection reader = App.await(accepted);
      reader.setReading(false);
      for (int count = 0; count < 400; count++) {
        dialled.send(new byte[60_000 + count]);
      }
      dialled.probe();
      assertNull(far.messages.poll(200, TimeUnit.MILLISECONDS));
      reader.setReading(true);
      for (int count = 0; count < 400; count++) {
        assertEquals(60_000 + count, far.message().length);
      }
      dialled.close(0, "");
      far.end();
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void messagesBeforeTheEndCanBeReadAfterIt(Transport transport) throws Exception {
    try (var peers = new Peers()) {
      var accepted = peers.listen(transport, PASSIVE, far);
      Connection dialled = peers.dial(transport, PASSIVE, near);
      Connection reader = App.await(accepted);
      reader.setReading(false);
      dialled.send(new byte[] {5});
      dialled.close(0, "");
      far.end();
      assertNull(far.messages.peek());
      reader.setReading(true);
      assertArrayEquals(new byte[] {5}, far.message());
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void anApplicationThatThrowsCostsItsConnectionOnly(Transport transport) throws Exception {
    Application failing =
        (connection, message) -> {
          throw new IllegalStateException("on purpose");
        };
    try (var peers = new Peers()) {
      peers.listen(transport, PASSIVE, failing);
      Connection dialled = peers.dial(transport, PASSIVE, near);
      dialled.send(new byte[1]);
      assertEquals(13, near.end().code());
      Connection next = peers.dial(transport, PASSIVE, far);
      next.close(0, "");
      far.end();
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void aFrameTooLargeIsRefused(Transport transport) throws Exception {
    var little = Options.builder().maxFrameBytes(1000).build();
    try (var peers = new Peers()) {
      peers.listen(transport, little, far);
      Connection dialled = peers.dial(transport, PASSIVE, near);
      dialled.send(new byte[2000]);
      assertEquals(6, far.end().code());
      near.end();
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void aDialToNobodyFails(Transport transport) throws Exception {
    InetSocketAddress nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }
    try (var peers = new Peers()) {
      var dialled =
          transport.dial(peers.loop, nobody, 1000, link -> Connection.open(link, PASSIVE, near));
      var failure = assertThrows(ExecutionException.class, () -> dialled.get(5, TimeUnit.SECONDS));
      assertInstanceOf(IOException.class, failure.getCause());
    }
  }
}
