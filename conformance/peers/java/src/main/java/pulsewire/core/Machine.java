package pulsewire.core;

import com.google.protobuf.InvalidProtocolBufferException;
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
  private final Adoption adoption;
  private final Outbox outbox = new Outbox();
  private final Assembly assembly;
  private final RoundTrips roundTrips = new RoundTrips();
  private final Cadence cadence;
  private final Deque<Event> events = new ArrayDeque<>();
  private final long slack;

  private Phase phase = Phase.NEW;
  private Silence silence;
  private HeartbeatAllowance allowance;
  private Closing closing;
  private boolean reported;

  private boolean frameSeen;
  private long firstFrameBy = NEVER;
  private boolean ourVersionNamed;

  private boolean paused;
  private long pausedAt;

  private boolean blocked;
  private long acceptedAt;

  public Machine(Options options, RandomGenerator random) {
    this.options = options;
    this.adoption = new Adoption(options);
    this.cadence = new Cadence(options, adoption, roundTrips, random);
    this.assembly = new Assembly(options.maxMessageBytes());
    this.slack = options.slack().toNanos();
  }

  /** The transport is open. */
  public void open(long now) {
    phase = Phase.OPEN;
    silence = new Silence(slack, now);
    allowance = new HeartbeatAllowance(now);
    acceptedAt = now;
    if (adoption.beats()) {
      cadence.announce(); // [PW-SND-1]
    }
  }

  // What the peer and the transport do.

  /** A whole frame has arrived, undelimited. */
  public void handleFrame(byte[] octets, long now) {
    if (!isAlive()) {
      return; // [PW-CLS-3, PW-CLS-9]
    }
    silence.end(now); // [PW-LIV-1]
    if (octets.length > options.maxFrameBytes()) {
      violated(CloseCode.CLOSE_CODE_FRAME_TOO_LARGE, "frame too large", now); // [PW-LIM-1]
      return;
    }
    Frame frame;
    try {
      frame = FrameDecoder.decode(octets);
    } catch (InvalidProtocolBufferException malformed) {
      violated(CloseCode.CLOSE_CODE_PROTOCOL_ERROR, "malformed frame", now); // [PW-FRM-3]
      return;
    }
    frameSeen = true;
    firstFrameBy = NEVER;
    if (frame.hasClose()) {
      closedByPeer(frame.getClose(), now); // [PW-VER-6]: whatever its version
    } else if (!isReadable(frame)) {
      violated(CloseCode.CLOSE_CODE_UNSUPPORTED_VERSION, "version 1 only", now);
      closing.close().setLowestVersion(VERSION); // [PW-VER-5]
    } else if (frame.hasHeartbeat()) {
      heartbeat(frame.getHeartbeat(), now);
    } else if (frame.hasData()) {
      data(frame, now);
    } // [PW-FRM-4]: any other body is life and nothing more
  }

  /** [PW-VER-6]: a higher version is read as ours once the peer has said that it speaks ours. */
  private boolean isReadable(Frame frame) {
    if (frame.hasHeartbeat() && frame.getHeartbeat().getLowestVersion() == VERSION) {
      ourVersionNamed = true;
    }
    return frame.getVersion() == VERSION || ourVersionNamed;
  }

  private void heartbeat(Heartbeat heartbeat, long now) {
    if (!allowance.take(now)) {
      violated(CloseCode.CLOSE_CODE_TOO_MANY_HEARTBEATS, "too many heartbeats", now);
      return;
    }
    if (adoption.hear(Integer.toUnsignedLong(heartbeat.getHeartbeatTimeMs()))) {
      cadence.announce(); // [PW-SND-2]
    }
    long longest = patience() == NEVER ? NEVER : patience() + slack;
    long roundTrip = roundTrips.hear(heartbeat, now, longest);
    if (roundTrip >= 0) {
      events.add(new Event.RoundTrip(Duration.ofNanos(roundTrip)));
    }
    if (heartbeat.getReplyRequested()) {
      cadence.probed(now);
    }
  }

  private void data(Frame frame, long now) {
    if (assembly.exceeds(frame.getData())) {
      violated(CloseCode.CLOSE_CODE_MESSAGE_TOO_LARGE, "message too large", now); // [PW-LIM-2]
      return;
    }
    byte[] message = assembly.add(frame.getData(), frame.getMore());
    if (message != null && phase == Phase.OPEN) {
      events.add(new Event.Message(message));
    }
  }

  private void closedByPeer(Close received, long now) {
    int code = received.getCodeValue();
    Duration retryAfter =
        received.hasRetryAfterMs()
            ? Duration.ofMillis(Integer.toUnsignedLong(received.getRetryAfterMs()))
            : null;
    report(
        new End(
            Cause.CLOSED_BY_PEER,
            code == 0 ? CloseCode.CLOSE_CODE_NORMAL_VALUE : code, // [PW-CLS-5]
            received.getReason(),
            retryAfter));
    closing = closing(CloseCode.CLOSE_CODE_NORMAL_VALUE, "", now);
    finish(now); // [PW-CLS-3]
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
      violated(code, reason, now);
    }
  }

  /** The transport has ended, or the peer's direction of it. */
  public void handleLinkClosed(LinkEnd end, long now) {
    report(
        switch (end.kind()) {
          case PEER_CLOSED -> new End(Cause.PEER_CLOSED, 0, ""); // [PW-CLS-4]
          case CODE -> new End(Cause.CLOSED_BY_PEER, end.code(), "");
          case FAILED -> new End(Cause.TRANSPORT_FAILED, 0, "");
        });
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

  /** The transport takes frames again. */
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
      cadence.probe();
    }
  }

  /** Closes for the application; a code of 0 is NORMAL. */
  public void close(int code, String reason, long now) {
    if (phase == Phase.OPEN) {
      phase = Phase.DRAINING;
      closing = closing(code, reason, now);
    }
  }

  /** This side has failed for a reason of its own [PW-CLS-12]. */
  public void fail(long now) {
    if (isAlive()) {
      end(Cause.CLOSED, CloseCode.CLOSE_CODE_INTERNAL_ERROR, "internal error", now);
    }
  }

  /** This side reads no more from the transport. */
  public void pauseReading(long now) {
    if (isAlive() && !paused) {
      paused = true;
      pausedAt = now;
      silence.pause(now);
    }
  }

  /** This side reads again. */
  public void resumeReading(long now) {
    if (paused) {
      paused = false;
      silence.resume(now); // [PW-LIV-9]
      allowance.addPause(now - pausedAt); // [PW-LIM-3]
    }
  }

  /** The wall clock ran ahead of the monotonic one: the machine was suspended. */
  public void handleSuspend() {
    if (isAlive() && patience() != NEVER) {
      cadence.probe(); // [PW-CLK-5]; the deadline stays where it is
    }
  }

  // Time.

  /** When {@link #handleTimeout} wants to be called, or {@link #NEVER}. */
  public long pollTimeout() {
    return switch (phase) {
      case OPEN -> aliveTimeout();
      case DRAINING -> Math.min(aliveTimeout(), closing.by(acceptedAt));
      case CLOSING -> closing.by(acceptedAt);
      case NEW, ENDED -> NEVER;
    };
  }

  private long aliveTimeout() {
    long due = Math.min(silence.due(patience()), blockedBy());
    return Math.min(due, Math.min(firstFrameBy, cadence.due()));
  }

  /** max(<i>E</i>, <i>P</i>) if the peer has a deadline [PW-LIV-10, PW-LIV-8]. */
  private long patience() {
    boolean expected = !options.peerMayBeSilent() || adoption.peerHasPromised();
    return adoption.beats() && expected ? adoption.greater() : NEVER;
  }

  /** [PW-OUT-1]: only a heartbeat that waits makes a transport blocked. */
  private long blockedBy() {
    boolean counts = blocked && adoption.beats() && cadence.waits();
    return counts ? acceptedAt + adoption.greater() + slack : NEVER;
  }

  /** Time has passed. What the transport holds must have been handed in before [PW-CLK-2]. */
  public void handleTimeout(long now) {
    if (closing != null && phase != Phase.ENDED && now >= closing.by(acceptedAt)) {
      report(new End(Cause.CLOSED, closing.code(), ""));
      abort(); // [PW-CLS-8]
    }
    if (!isAlive()) {
      return;
    }
    if (now >= firstFrameBy) {
      violated(CloseCode.CLOSE_CODE_FIRST_FRAME_TIMEOUT, "first frame timeout", now);
      return;
    }
    Silence.Verdict verdict = silence.judge(patience(), now);
    if (verdict == Silence.Verdict.DOWN) {
      end(Cause.PEER_SILENT, CloseCode.CLOSE_CODE_HEARTBEAT_TIMEOUT, "peer silent", now);
      return;
    }
    if (now >= blockedBy()) {
      end(Cause.OUTBOUND_BLOCKED, CloseCode.CLOSE_CODE_OUTBOUND_BLOCKED, "blocked", now);
      return;
    }
    if (verdict == Silence.Verdict.ASK) {
      cadence.probe(); // [PW-PRB-1]
    }
    cadence.fallDue(now);
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
    if (isAlive()) {
      Heartbeat.Builder heartbeat = cadence.next(now);
      if (heartbeat != null) {
        return Frame.newBuilder().setHeartbeat(heartbeat);
      }
      if (!outbox.isEmpty()) {
        cadence.dataSent(now);
        return outbox.next();
      }
    }
    boolean closes = closing != null && phase != Phase.ENDED && !closing.isSent();
    return closes ? closeFrame(now) : null;
  }

  private Frame.Builder closeFrame(long now) {
    report(new End(Cause.CLOSED, closing.code(), closing.close().getReason()));
    finish(now);
    return Frame.newBuilder().setClose(closing.close());
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

  private void violated(CloseCode code, String reason, long now) {
    end(Cause.PROTOCOL_ERROR, code, reason, now);
  }

  /** Ends the connection with a Close, which waits for no data [PW-CLS-1]. */
  private void end(Cause cause, CloseCode code, String reason, long now) {
    report(new End(cause, code.getNumber(), reason));
    phase = Phase.CLOSING;
    closing = closing(code.getNumber(), reason, now);
    outbox.clear();
    if (blocked && (cause == Cause.PEER_SILENT || cause == Cause.OUTBOUND_BLOCKED)) {
      abort(); // [PW-LIV-6, PW-OUT-1]: at once, and nothing can be sent
    }
  }

  private Closing closing(int code, String reason, long now) {
    return new Closing(code, reason, options.closeTimeout().toNanos(), now);
  }

  /** Everything that this side says has been said. */
  private void finish(long now) {
    phase = Phase.CLOSING;
    closing.sent(now);
    outbox.clear();
    events.add(new Event.Finish(closing.code()));
  }

  private void abort() {
    phase = Phase.ENDED;
    outbox.clear();
    events.add(new Event.Abort(closing.code()));
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
}
