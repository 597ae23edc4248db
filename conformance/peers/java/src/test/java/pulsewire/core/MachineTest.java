package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import pulsewire.core.End.Cause;
import pulsewire.v1.FrameOuterClass.CloseCode;
import pulsewire.v1.FrameOuterClass.Frame;

/** What the shared traces leave to the implementation: above all how it closes. */
class MachineTest {
  private static final long SECOND = 1_000_000_000;

  private final Machine machine =
      new Machine(Options.builder().slack(Duration.ofSeconds(1)).build(), new FixedRandom(0));

  private Frame transmitted(long now) throws InvalidProtocolBufferException {
    return Frame.parseFrom(machine.pollTransmit(now));
  }

  private End ended() {
    return assertInstanceOf(Event.Ended.class, machine.pollEvent()).end();
  }

  private void assertQuiet(long now) {
    assertNull(machine.pollTransmit(now));
    assertNull(machine.pollEvent());
  }

  @Test
  void closeFinishesTheTransportAndWaitsTwoSecondsForThePeer() throws Exception {
    machine.open(0);
    machine.close(0, "done", SECOND);
    assertEquals(CloseCode.CLOSE_CODE_NORMAL, transmitted(SECOND).getClose().getCode());
    assertEquals(new End(Cause.CLOSED, 1, "done"), ended());
    assertEquals(new Event.Finish(1), machine.pollEvent());
    assertEquals(3 * SECOND, machine.pollTimeout());
    machine.handleTimeout(3 * SECOND);
    assertEquals(new Event.Abort(1), machine.pollEvent());
    assertEquals(Machine.NEVER, machine.pollTimeout());
    assertQuiet(3 * SECOND);
  }

  @Test
  void thePeerThatClosesTheTransportEndsTheWaiting() throws Exception {
    machine.open(0);
    machine.close(2, "", 0);
    assertEquals(CloseCode.CLOSE_CODE_GOING_AWAY, transmitted(0).getClose().getCode());
    assertEquals(Cause.CLOSED, ended().cause());
    machine.pollEvent();
    machine.handleLinkClosed(LinkEnd.PEER_CLOSED, SECOND);
    assertEquals(Machine.NEVER, machine.pollTimeout());
    assertQuiet(SECOND);
  }

  @Test
  void closeBehindDataThatNobodyTakesIsGivenUpAfterTheLastOctet() {
    machine.open(0);
    machine.send(new byte[100_000]);
    machine.pollTransmit(0);
    machine.handleBlocked();
    machine.close(0, "", SECOND);
    assertQuiet(SECOND);
    machine.handleAccepted(2 * SECOND);
    assertEquals(4 * SECOND, machine.pollTimeout());
    machine.handleTimeout(4 * SECOND);
    assertEquals(Cause.CLOSED, ended().cause());
    assertEquals(new Event.Abort(1), machine.pollEvent());
  }

  @Test
  void aViolationIsToldAsSoonAsTheTransportTakesIt() throws Exception {
    machine.open(0);
    machine.handleBlocked();
    machine.handleViolation(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "text", SECOND);
    assertEquals(new End(Cause.PROTOCOL_ERROR, 4, "text"), ended());
    assertQuiet(SECOND);
    machine.handleWritable(2 * SECOND);
    assertEquals(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, transmitted(2 * SECOND).getClose().getCode());
    assertEquals(new Event.Finish(4), machine.pollEvent());
  }

  @Test
  void aSilentPeerThatTakesNothingIsAbortedAtOnce() {
    var configured = Options.builder().heartbeatTime(Duration.ofSeconds(1)).build();
    var beating = new Machine(configured, new FixedRandom(0));
    beating.open(0);
    beating.handleBlocked();
    beating.handleTimeout(3 * SECOND);
    assertEquals(Cause.PEER_SILENT, ((Event.Ended) beating.pollEvent()).end().cause());
    assertEquals(new Event.Abort(3), beating.pollEvent());
    assertEquals(Machine.NEVER, beating.pollTimeout());
  }

  @Test
  void anOwnFailureIsAnInternalError() throws Exception {
    machine.open(0);
    machine.fail(0);
    assertEquals(CloseCode.CLOSE_CODE_INTERNAL_ERROR, transmitted(0).getClose().getCode());
    assertEquals(new End(Cause.CLOSED, 13, "internal error"), ended());
  }

  @Test
  void aReasonIsCutBetweenCharacters() throws Exception {
    machine.open(0);
    machine.close(0, "x" + "é".repeat(400), 0);
    String reason = transmitted(0).getClose().getReason();
    assertEquals("x" + "é".repeat(255), reason);
    assertEquals(511, reason.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void nothingHappensBeforeItIsOpen() {
    machine.send(new byte[1]);
    machine.close(0, "", 0);
    machine.handleOctets(0);
    machine.handleFrame(new byte[0], 0);
    machine.pauseReading(0);
    machine.resumeReading(0);
    machine.handleTimeout(SECOND);
    assertEquals(Machine.NEVER, machine.pollTimeout());
    assertQuiet(SECOND);
  }

  @Test
  void aTransportWhoseCodeSaysWhyIsReadByIt() {
    machine.open(0);
    machine.handleLinkClosed(LinkEnd.code(5), 0);
    assertEquals(new End(Cause.CLOSED_BY_PEER, 5, ""), ended());
  }

  @Test
  void whatWasHeldTooLongToSayIsNotEchoed() throws Exception {
    machine.open(0);
    byte[] probe = {8, 1, 18, 7, 16, 1, 29, 7, 0, 0, 0};
    machine.handleFrame(probe, 0);
    assertEquals(7, transmitted(0).getHeartbeat().getEcho());
    machine.probe();
    long later = 4296 * SECOND;
    assertEquals(false, transmitted(later).getHeartbeat().hasEcho());
  }
}
