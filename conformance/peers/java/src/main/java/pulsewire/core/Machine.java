package pulsewire.core;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import pulsewire.core.End.Cause;
import pulsewire.v1.FrameOuterClass.Close;
import pulsewire.v1.FrameOuterClass.CloseCode;
import pulsewire.v1.FrameOuterClass.Frame;
import pulsewire.v1.FrameOuterClass.Heartbeat;

/**
 * One side of one connection, without sockets, clock, timers or threads. Whoever drives it calls a
 * method for whatever happens, with the time of a monotonic clock in nanoseconds [PW-CLK-1], and
 * after each call takes what {@link #pollTransmit}, {@link #pollEvent} and {@link #pollTimeout}
 * have.
 *
 * <p>It is not thread-safe.
 */
public final class Machine {
  /** The answer of {@link #pollTimeout} when there is nothing to wait for. */
  public static final long NEVER = Long.MAX_VALUE;

  /** The only version that this implementation speaks, so the lowest too. */
  private static final int VERSION = 1;

  private static final long ANSWERS_APART = 100_000_000;
  private static final int LONGEST_REASON = 512;

  private enum Phase {
    NEW,
    OPEN,
    /** The application closed: all goes on until what it sent before has gone out [PW-CLS-8]. */
    DRAINING,
    /** Nothing counts any more; a Close may still wait for the transport. */
    CLOSING,
    ENDED
  }

  private final Options options;
  private final RandomGenerator random;
  private final Adoption adoption;
  private final Outbox outbox = new Outbox();
  private final Assembly assembly;
  private final RoundTrips roundTrips = new RoundTrips();
  private final Deque<Event> events = new ArrayDeque<>();
  private final long slack;

  private Phase phase = Phase.NEW;
  private Silence silence;
  private HeartbeatAllowance allowance;

  private long beatAt;
  private boolean beatWaits;
  private boolean probeWaits;

  /** The heartbeat that waits is an answer. */
  private boolean answerWaits;

  private long answerAt = NEVER;
  private long answeredAt;
  private boolean hasAnswered;

  private boolean frameSeen;
  private long firstFrameBy = NEVER;
  private boolean lowerVersionNamed;
  private boolean paused;
  private long pausedAt;

  private boolean blocked;
  private long acceptedAt;

  private Close.Builder close;
  private boolean closeSent;
  private long closingSince;
  private boolean reported;

  public Machine(Options options, RandomGenerator random) {
    this.options = options;
    this.random = random;
    this.adoption = new Adoption(options);
    this.assembly = new Assembly(options.maxMessageBytes());
    this.slack = options.slack().toNanos();
  }

  /** The transport is open. */
  public void open(long now) {
    phase = Phase.OPEN;
    silence = new Silence(slack, now);
    allowance = new HeartbeatAllowance(now);
    acceptedAt = now;
    beatWaits = beats(); // [PW-SND-1]
  }

  // What the peer and the transport do.

  /** A whole frame has arrived, undelimited. */
  public void handleFrame(byte[] octets, long now) {
    if (!isAlive()) {
      return; // [PW-CLS-3, PW-CLS-9]
    }
    silence.end(now); // [PW-LIV-1]
    if (octets.length > options.maxFrameBytes()) {
      fail(CloseCode.CLOSE_CODE_FRAME_TOO_LARGE, "frame too large", now);
      return;
    }
    Frame frame;
    try {
      frame = Frame.parseFrom(octets);
    } catch (InvalidProtocolBufferException malformed) {
      fail(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "not a frame", now); // [PW-FRM-3]
      return;
    }
    if (frame.getVersion() == 0) {
      fail(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "no version", now); // [PW-FRM-3]
      return;
    }
    frameSeen = true;
    firstFrameBy = NEVER;
    if (frame.hasClose()) {
      closedByPeer(frame.getClose(), now); // [PW-VER-6]: whatever its version
    } else if (!isReadable(frame)) {
      // [PW-VER-5]
      fail(CloseCode.CLOSE_CODE_UNSUPPORTED_VERSION, "version 1 only", now);
      close.setLowestVersion(VERSION);
    } else if (frame.hasHeartbeat()) {
      heartbeat(frame.getHeartbeat(), now);
    } else if (frame.hasData()) {
      data(frame, now);
    } // [PW-FRM-4]: any other body is life and nothing more
  }

  /** [PW-VER-6]: a higher version is read as ours once the peer has said that it speaks ours. */
  private boolean isReadable(Frame frame) {
    if (frame.hasHeartbeat() && frame.getHeartbeat().getLowestVersion() == VERSION) {
      lowerVersionNamed = true;
    }
    return frame.getVersion() == VERSION || lowerVersionNamed;
  }

  private void heartbeat(Heartbeat heartbeat, long now) {
    if (!allowance.take(now)) {
      fail(CloseCode.CLOSE_CODE_TOO_MANY_HEARTBEATS, "too many heartbeats", now); // [PW-LIM-3]
      return;
    }
    if (adoption.hear(Integer.toUnsignedLong(heartbeat.getHeartbeatTimeMs()))) {
      beatWaits = true; // [PW-SND-2]
    }
    long longest = patience() == NEVER ? NEVER : patience() + slack;
    long roundTrip = roundTrips.hear(heartbeat, now, longest);
    if (roundTrip >= 0) {
      events.add(new Event.RoundTrip(Duration.ofNanos(roundTrip)));
    }
    // [PW-SND-10]: nothing else is answered
    if (heartbeat.getReplyRequested() && !answerWaits && answerAt == NEVER) {
      if (hasAnswered && now < answeredAt + ANSWERS_APART) {
        answerAt = answeredAt + ANSWERS_APART; // [PW-PRB-3]
      } else {
        answer(); // [PW-PRB-2]
      }
    }
  }

  private void answer() {
    answerAt = NEVER;
    answerWaits = true;
    beatWaits = true;
  }

  private void data(Frame frame, long now) {
    if (assembly.exceeds(frame.getData())) {
      fail(CloseCode.CLOSE_CODE_MESSAGE_TOO_LARGE, "message too large", now); // [PW-LIM-2]
      return;
    }
    byte[] message = assembly.add(frame.getData(), frame.getMore());
    if (message != null && phase == Phase.OPEN) {
      events.add(new Event.Message(message));
    }
  }

  private void closedByPeer(Close received, long now) {
    int code = received.getCodeValue() == 0 ? 1 : received.getCodeValue(); // [PW-CLS-5]
    Duration retryAfter =
        received.hasRetryAfterMs()
            ? Duration.ofMillis(Integer.toUnsignedLong(received.getRetryAfterMs()))
            : null;
    report(new End(Cause.CLOSED_BY_PEER, code, received.getReason(), retryAfter));
    finish(CloseCode.CLOSE_CODE_NORMAL_VALUE, now); // [PW-CLS-3]
  }

  /** Octets have arrived, whether they complete a frame or not. */
  public void handleOctets(long now) {
    if (!isAlive()) {
      return;
    }
    silence.end(now); // [PW-LIV-1]
    if (!frameSeen && firstFrameBy == NEVER) {
      firstFrameBy = now + options.firstFrameTimeout().toNanos(); // [PW-LIM-4]
    }
  }

  /** The binding has found something that it forbids, such as a length above the limit. */
  public void handleViolation(CloseCode code, String reason, long now) {
    if (isAlive()) {
      fail(code, reason, now);
    }
  }

  /** The transport has ended, or the peer's direction of it. */
  public void handleLinkClosed(LinkEnd end, long now) {
    switch (end.kind()) {
      case PEER_CLOSED -> report(new End(Cause.PEER_CLOSED, 0, "")); // [PW-CLS-4]
      case CODE -> report(new End(Cause.CLOSED_BY_PEER, end.code(), ""));
      case FAILED -> report(new End(Cause.TRANSPORT_FAILED, 0, ""));
      default -> throw new AssertionError(end);
    }
    phase = Phase.ENDED;
    outbox.clear();
  }

  /** The transport takes no further frame until {@link #handleWritable}. */
  public void handleBlocked() {
    blocked = true;
  }

  /** The transport has taken some of the octets that it was given before. */
  public void handleAccepted(long now) {
    acceptedAt = now; // [PW-OUT-2]
  }

  public void handleWritable(long now) {
    blocked = false;
    acceptedAt = now;
  }

  // What this side does.

  /** Sends a message; nothing if the connection has ended or been closed. */
  public void send(byte[] message) {
    if (phase == Phase.OPEN) {
      outbox.add(message);
    }
  }

  /** Asks the peer for an answer [PW-SND-9]. */
  public void probe() {
    if (isAlive()) {
      probeWaits = true;
    }
  }

  /** Closes for the application; a code of 0 is NORMAL [PW-CLS-10]. */
  public void close(int code, String reason, long now) {
    if (phase == Phase.OPEN) {
      phase = Phase.DRAINING;
      closingSince = now;
      int codeToSend = code == 0 ? CloseCode.CLOSE_CODE_NORMAL_VALUE : code;
      close = Close.newBuilder().setCodeValue(codeToSend).setReason(cut(reason));
    }
  }

  /** Cuts to the longest that may be sent, between two characters [PW-CLS-6]. */
  private static String cut(String reason) {
    byte[] octets = reason.getBytes(StandardCharsets.UTF_8);
    if (octets.length <= LONGEST_REASON) {
      return new String(octets, StandardCharsets.UTF_8); // without lone surrogates
    }
    int length = LONGEST_REASON;
    while ((octets[length] & 0xc0) == 0x80) {
      length--;
    }
    return new String(octets, 0, length, StandardCharsets.UTF_8);
  }

  /** This side reads no more from the transport. */
  public void pauseReading(long now) {
    if (isAlive() && !paused) {
      paused = true;
      pausedAt = now;
      silence.pause(now);
    }
  }

  public void resumeReading(long now) {
    if (paused) {
      paused = false;
      silence.resume(now);
      allowance.addPause(now - pausedAt);
    }
  }

  /** The wall clock ran ahead of the monotonic one: the machine was suspended. */
  public void handleSuspend() {
    if (isAlive() && patience() != NEVER) {
      probeWaits = true; // [PW-CLK-5]; the deadline stays where it is
    }
  }

  // Time.

  /** When {@link #handleTimeout} wants to be called, or {@link #NEVER}. */
  public long pollTimeout() {
    return switch (phase) {
      case OPEN -> aliveTimeout();
      case DRAINING -> Math.min(aliveTimeout(), closeBy());
      case CLOSING -> closeBy();
      case NEW, ENDED -> NEVER;
    };
  }

  private long aliveTimeout() {
    long due = Math.min(silence.due(patience()), firstFrameBy);
    due = Math.min(due, answerAt);
    due = Math.min(due, blockedBy());
    return beats() && !beatWaits && !probeWaits ? Math.min(due, beatAt) : due;
  }

  /** max(<i>E</i>, <i>P</i>) if the peer has a deadline [PW-LIV-10, PW-LIV-8]. */
  private long patience() {
    boolean expected = !options.peerMayBeSilent() || adoption.peerHasPromised();
    return beats() && expected ? nanoseconds(adoption.greater()) : NEVER;
  }

  /** [PW-OUT-1]: only a heartbeat that waits makes a transport blocked. */
  private long blockedBy() {
    boolean waits = blocked && beats() && (beatWaits || probeWaits);
    return waits ? acceptedAt + nanoseconds(adoption.greater()) + slack : NEVER;
  }

  /** [PW-CLS-8]: counted from the Close, or before that from the last octet that went out. */
  private long closeBy() {
    long since = closeSent ? closingSince : Math.max(closingSince, acceptedAt);
    return since + options.closeTimeout().toNanos();
  }

  /** Time has passed. What the transport holds must have been handed in before [PW-CLK-2]. */
  public void handleTimeout(long now) {
    if ((phase == Phase.DRAINING || phase == Phase.CLOSING) && now >= closeBy()) {
      report(new End(Cause.CLOSED, close.getCodeValue(), ""));
      abort(close.getCodeValue());
    }
    if (!isAlive()) {
      return;
    }
    if (now >= firstFrameBy) {
      fail(CloseCode.CLOSE_CODE_FIRST_FRAME_TIMEOUT, "first frame timeout", now); // [PW-LIM-4]
      return;
    }
    switch (silence.judge(patience(), now)) {
      case DOWN -> {
        // [PW-LIV-6]
        fail(Cause.PEER_SILENT, CloseCode.CLOSE_CODE_HEARTBEAT_TIMEOUT, "silent", now);
        return;
      }
      case ASK -> probeWaits = true;
      default -> {}
    }
    if (now >= blockedBy()) {
      // [PW-OUT-1]
      fail(Cause.OUTBOUND_BLOCKED, CloseCode.CLOSE_CODE_OUTBOUND_BLOCKED, "blocked", now);
      return;
    }
    if (now >= answerAt) {
      answer();
    }
    if (beats() && now >= beatAt) {
      beatWaits = true; // [PW-SND-3]
    }
  }

  // What comes out.

  /** The next frame to transmit, undelimited; null if there is none or the transport is blocked. */
  public byte[] pollTransmit(long now) {
    Frame.Builder frame = blocked ? null : nextFrame(now);
    if (frame == null) {
      return null;
    }
    acceptedAt = now;
    return frame.setVersion(VERSION).build().toByteArray(); // [PW-FRM-2, PW-VER-1]
  }

  /** Heartbeats overtake data [PW-SND-8], and nothing follows a Close [PW-CLS-2]. */
  private Frame.Builder nextFrame(long now) {
    if (isAlive() && beatWaits) {
      beatWaits = false;
      if (answerWaits) {
        answerWaits = false;
        hasAnswered = true;
        answeredAt = now;
      }
      return heartbeatFrame(false, now); // [PW-PRB-4]
    }
    if (isAlive() && probeWaits) {
      probeWaits = false;
      return heartbeatFrame(true, now);
    }
    if (isAlive() && !outbox.isEmpty()) {
      if (!options.alwaysBeat()) {
        drawNextBeat(now); // [PW-SND-6]
      }
      return outbox.next();
    }
    boolean closes = phase == Phase.DRAINING || phase == Phase.CLOSING;
    return closes && !closeSent ? closeFrame(now) : null;
  }

  private Frame.Builder heartbeatFrame(boolean replyRequested, long now) {
    Heartbeat.Builder heartbeat = Heartbeat.newBuilder().setReplyRequested(replyRequested);
    if (beats()) {
      heartbeat.setHeartbeatTimeMs((int) adoption.effective()); // [PW-HBT-1, PW-ADP-5]
    }
    roundTrips.stamp(heartbeat, now);
    drawNextBeat(now);
    return Frame.newBuilder().setHeartbeat(heartbeat);
  }

  private Frame.Builder closeFrame(long now) {
    int code = close.getCodeValue();
    report(new End(Cause.CLOSED, code, close.getReason()));
    finish(code, now);
    return Frame.newBuilder().setClose(close);
  }

  /** [PW-SND-5]. */
  private void drawNextBeat(long now) {
    beatAt = now + (long) (nanoseconds(adoption.effective()) * (0.75 + 0.25 * random.nextDouble()));
  }

  /** What has happened; null if nothing else has. */
  public Event pollEvent() {
    return events.poll();
  }

  /** Octets that the application sent and the transport has not taken. */
  public long queuedOctets() {
    return outbox.octets();
  }

  // Ends.

  private void fail(CloseCode code, String reason, long now) {
    fail(Cause.PROTOCOL_ERROR, code, reason, now);
  }

  /** Ends the connection with a Close, which does not wait for data [PW-CLS-1]. */
  private void fail(Cause cause, CloseCode code, String reason, long now) {
    report(new End(cause, code.getNumber(), reason));
    close = Close.newBuilder().setCode(code).setReason(reason);
    phase = Phase.CLOSING;
    closingSince = now;
    outbox.clear();
    if (blocked && cause != Cause.PROTOCOL_ERROR) {
      abort(code.getNumber()); // [PW-LIV-6]: nothing is waited for
    }
  }

  /** Everything that this side says has been said. */
  private void finish(int code, long now) {
    if (close == null) {
      close = Close.newBuilder().setCodeValue(code);
    }
    phase = Phase.CLOSING;
    closeSent = true;
    closingSince = now;
    outbox.clear();
    events.add(new Event.Finish(code));
  }

  private void abort(int code) {
    phase = Phase.ENDED;
    outbox.clear();
    events.add(new Event.Abort(code));
  }

  private void report(End end) {
    if (!reported) {
      reported = true; // [PW-CLS-9]
      events.add(new Event.Ended(end));
    }
  }

  private boolean isAlive() {
    return phase == Phase.OPEN || phase == Phase.DRAINING;
  }

  private boolean beats() {
    return adoption.effective() > 0;
  }

  private static long nanoseconds(long milliseconds) {
    return milliseconds * 1_000_000;
  }
}
