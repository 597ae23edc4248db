package pulsewire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pulsewire.Peers.App;
import pulsewire.core.End.Cause;
import pulsewire.core.Options;
import pulsewire.transport.Tcp;
import pulsewire.transport.Transport;
import pulsewire.transport.WebSocket;
import pulsewire.v1.FrameOuterClass.Frame;

/** Peers that are none: plain sockets that say and do what they like. */
class StrangersTest {
  private static final Options PASSIVE = Options.builder().build();
  private static final int PATIENCE_MS = 10_000;

  private final App app = new App();

  private static Socket connect(Peers peers) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(peers.address());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static Frame readFrame(InputStream in) throws IOException {
    Frame frame = Frame.parseDelimitedFrom(in);
    if (frame == null) {
      throw new EOFException();
    }
    return frame;
  }

  @ParameterizedTest
  @CsvSource({
    "00, 4",
    "ffffffffff, 4",
    "8080808010, 4",
    "818040, 6",
    "0208000000, 4",
    "0408072200, 0",
    "0508071a0101, 5",
  })
  void whatBreaksARuleIsToldWhich(String hex, int code) throws Exception {
    try (var peers = new Peers()) {
      peers.listen(new Tcp(), PASSIVE, app);
      try (var socket = connect(peers)) {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex));
        if (code > 0) {
          assertEquals(code, readFrame(socket.getInputStream()).getClose().getCodeValue());
        }
        assertEquals(-1, socket.getInputStream().read(), "no FIN");
        assertEquals(code > 0 ? Cause.PROTOCOL_ERROR : Cause.CLOSED_BY_PEER, app.end().cause());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pulsewire.ConnectionTest#transports")
  void noiseIsSurvived(Transport transport) throws Exception {
    var random = new SplittableRandom(7);
    try (var peers = new Peers()) {
      peers.listen(transport, PASSIVE, app);
      for (int count = 0; count < 50; count++) {
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        try (var socket = connect(peers)) {
          socket.getOutputStream().write(noise);
        }
      }
      Connection orderly = peers.dial(transport, PASSIVE, new App());
      orderly.send(new byte[] {1});
      assertArrayEquals(new byte[] {1}, app.message());
      orderly.close(0, "");
    }
  }

  /** [PW-OUT-1]: the kernel's buffers are full, and a heartbeat waits behind them. */
  @Test
  void whoTakesNothingIsLetGo() throws Exception {
    var beating =
        Options.builder()
            .heartbeatTime(Duration.ofMillis(100))
            .slack(Duration.ofMillis(100))
            .peerMayBeSilent(true)
            .build();
    try (var peers = new Peers()) {
      var accepted = peers.listen(new Tcp(), beating, app);
      try (var socket = connect(peers)) {
        App.await(accepted).send(new byte[16_000_000]);
        assertEquals(Cause.OUTBOUND_BLOCKED, app.end().cause());
        assertThrows(IOException.class, () -> socket.getInputStream().readNBytes(16_000_000));
      }
    }
  }

  @Test
  void whoReadsSlowlyIsNot() throws Exception {
    var beating =
        Options.builder()
            .heartbeatTime(Duration.ofMillis(1000))
            .slack(Duration.ofMillis(500))
            .peerMayBeSilent(true)
            .build();
    try (var peers = new Peers()) {
      var accepted = peers.listen(new Tcp(), beating, app);
      try (var socket = connect(peers)) {
        App.await(accepted).send(new byte[8_000_000]);
        int octets = 0;
        for (int count = 0; count < 20; count++) {
          octets += socket.getInputStream().readNBytes(200_000).length;
          assertNull(app.ends.poll(150, TimeUnit.MILLISECONDS));
        }
        assertEquals(4_000_000, octets);
      }
      app.end();
    }
  }

  /** [PW-CLS-8]: a peer that reads our Close and never closes. */
  @Test
  void whoNeverClosesIsReset() throws Exception {
    var hasty = Options.builder().closeTimeout(Duration.ofMillis(200)).build();
    try (var peers = new Peers()) {
      var accepted = peers.listen(new Tcp(), hasty, app);
      try (var socket = connect(peers)) {
        App.await(accepted).close(2, "");
        assertEquals(2, readFrame(socket.getInputStream()).getClose().getCodeValue());
        assertEquals(-1, socket.getInputStream().read());
        assertThrows(
            IOException.class,
            () -> {
              for (int count = 0; count < 100; count++) {
                socket.getOutputStream().write(0);
                TimeUnit.MILLISECONDS.sleep(20);
              }
            });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Sec-WebSocket-Protocol: other\r\n"})
  void aServerRefusesWhoDoesNotOfferTheSubprotocol(String header) throws Exception {
    try (var peers = new Peers()) {
      peers.listen(new WebSocket(), PASSIVE, app);
      try (var socket = connect(peers)) {
        String request =
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + header
                + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] response = socket.getInputStream().readAllBytes();
        assertTrue(new String(response, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 400 "));
      }
    }
  }

  @Test
  void aDialFailsWhereNobodyAnswersAsItShould() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var peers = new Peers()) {
      var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
      var dialled =
          new WebSocket()
              .dial(peers.loop, address, 1000, link -> Connection.open(link, PASSIVE, app));
      try (var socket = server.accept()) {
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThrows(
            ExecutionException.class, () -> dialled.get(PATIENCE_MS, TimeUnit.MILLISECONDS));
      }
    }
  }
}
