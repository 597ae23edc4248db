package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pulsewire.v1.FrameOuterClass.CloseCode;
import pulsewire.v1.FrameOuterClass.Frame;
import pulsewire.v1.FrameOuterClass.Heartbeat;

/** Whatever comes in whatever order, nothing is thrown and what goes out is lawful. */
class MachineFuzzTest {
  private static final int CONNECTIONS = 500;
  private static final int STEPS = 60;
  private static final int MOST_TURNS = 5;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anything(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    for (int connection = 0; connection < CONNECTIONS; connection++) {
      new Play(random).run();
    }
  }

  private static final class Play {
    private final SplittableRandom random;
    private final Machine machine;
    private long now;
    private long advertised = Long.MAX_VALUE;
    private boolean closeSent;
    private boolean ended;
    private boolean letGo;

    Play(SplittableRandom random) {
      this.random = random;
      var options =
          Options.builder()
              .slack(Duration.ofMillis(random.nextInt(3000)))
              .floor(Duration.ofMillis(100 + random.nextInt(2000)))
              .alwaysBeat(random.nextBoolean())
              .peerMayBeSilent(random.nextBoolean())
              .maxMessageBytes(1000)
              .maxFrameBytes(2000);
      if (random.nextBoolean()) {
        options.heartbeatTime(Duration.ofMillis(100 + random.nextInt(5000)));
      }
      machine = new Machine(options.build(), random);
    }

    void run() throws InvalidProtocolBufferException {
      machine.open(now);
      for (int step = 0; step < STEPS; step++) {
        now += random.nextLong(500_000_000);
        step();
        collect();
      }
      assertTrue(!letGo || machine.pollTimeout() == Machine.NEVER, "a timer is left");
    }

    private void step() throws InvalidProtocolBufferException {
      switch (random.nextInt(16)) {
        case 0 -> machine.handleBlocked();
        case 1, 2 -> machine.handleWritable(now);
        case 3 -> machine.handleAccepted(now);
        case 4 -> machine.pauseReading(now);
        case 5 -> machine.resumeReading(now);
        case 6 -> machine.send(new byte[random.nextInt(200_000)]);
        case 7 -> machine.probe();
        case 8 -> machine.handleSuspend();
        case 9 -> machine.handleOctets(now);
        case 10 -> rarely();
        default -> machine.handleFrame(frame(), now);
      }
      for (int turn = 0; machine.pollTimeout() <= now; turn++) {
        assertTrue(turn < MOST_TURNS, "time stands still");
        machine.handleTimeout(now);
        collect();
      }
    }

    private void rarely() {
      switch (random.nextInt(12)) {
        case 0 -> machine.close(random.nextInt(20), "because", now);
        case 1 -> machine.fail(now);
        case 2 -> machine.handleLinkClosed(LinkEnd.FAILED, now);
        case 3 -> machine.handleViolation(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "", now);
        default -> machine.handleTimeout(now);
      }
    }

    private byte[] frame() {
      Frame.Builder frame = Frame.newBuilder().setVersion(random.nextInt(30) == 0 ? 2 : 1);
      switch (random.nextInt(10)) {
        case 0, 1 ->
            frame
                .setData(ByteString.copyFrom(new byte[random.nextInt(300)]))
                .setMore(random.nextBoolean());
        case 2 -> {}
        default ->
            frame.setHeartbeat(
                Heartbeat.newBuilder()
                    .setHeartbeatTimeMs(random.nextInt() >>> random.nextInt(32))
                    .setReplyRequested(random.nextBoolean())
                    .setTimestamp(random.nextInt())
                    .setEcho(random.nextInt())
                    .setHeldUs(random.nextInt()));
      }
      byte[] octets = frame.build().toByteArray();
      if (random.nextInt(40) == 0) {
        octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return octets;
    }

    private void collect() throws InvalidProtocolBufferException {
      for (byte[] octets; (octets = machine.pollTransmit(now)) != null; ) {
        assertFalse(closeSent, "something follows Close");
        Frame frame = FrameDecoder.decode(octets);
        closeSent = frame.hasClose();
        assertTrue(octets.length <= 1_048_576);
        if (frame.getHeartbeat().hasHeartbeatTimeMs()) {
          long value = frame.getHeartbeat().getHeartbeatTimeMs();
          assertTrue(value >= 100 && value <= 3_600_000, "not lawful: " + value);
          assertTrue(value <= advertised, "the heartbeat-time rose");
          advertised = value;
        }
      }
      for (Event event; (event = machine.pollEvent()) != null; ) {
        assertFalse(letGo, () -> "something follows the end of the transport");
        if (event instanceof Event.Ended) {
          assertFalse(ended, "ended twice");
          ended = true;
        }
        letGo = event instanceof Event.Abort;
      }
    }
  }
}
