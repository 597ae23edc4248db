package pulsewire;

import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import pulsewire.core.Event;
import pulsewire.core.LinkEnd;
import pulsewire.core.Machine;
import pulsewire.core.Options;
import pulsewire.transport.Link;
import pulsewire.v1.FrameOuterClass.CloseCode;

/**
 * Runs one state machine over one link. Its methods may be called from any thread; everything is
 * done on the link's executor.
 */
public final class Connection implements Link.Handler {
  /** {@link System#nanoTime} may begin anywhere; times that begin at 0 cannot overflow. */
  private static final long ORIGIN = System.nanoTime();

  private static final long SUSPENDED_MS = 1000;

  private final Link link;
  private final EventExecutor executor;
  private final Application application;
  private final InstantSource wallClock;
  private final Machine machine;
  private final Alarm alarm;
  private final Inbox inbox;
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  private boolean advancing;
  private boolean again;
  private boolean reading = true;
  private boolean paused;
  private boolean drained = true;
  private boolean ended;
  private long wallAhead;

  /** To be called on the link's executor as the link opens. */
  public static Connection open(Link link, Options options, Application application) {
    return open(link, options, application, InstantSource.system());
  }

  /**
   * The same.
   *
   * @param wallClock is compared with the monotonic one to notice that the machine was suspended
   */
  public static Connection open(
      Link link, Options options, Application application, InstantSource wallClock) {
    var connection = new Connection(link, options, application, wallClock);
    connection.machine.open(now());
    connection.advance();
    return connection;
  }

  private Connection(Link link, Options options, Application application, InstantSource wallClock) {
    this.link = link;
    this.executor = link.executor();
    this.application = application;
    this.wallClock = wallClock;
    this.machine = new Machine(options, new SplittableRandom());
    this.alarm = new Alarm(executor, Connection::now, machine::pollTimeout, this::timeout);
    this.inbox = new Inbox(options.maxUnreadBytes());
    this.wallAhead = wallAhead();
  }

  private static long now() {
    return System.nanoTime() - ORIGIN;
  }

  // What the application does.

  /** Sends one message; nothing if the connection has ended or been closed. */
  public void send(byte[] message) {
    run(
        () -> {
          machine.send(message);
          drained = false;
        });
  }

  /** Asks the peer whether it is there. */
  public void probe() {
    run(machine::probe);
  }

  /** Sends what was sent before, then Close; a code of 0 is NORMAL. */
  public void close(int code, String reason) {
    run(() -> machine.close(code, reason, now()));
  }

  /**
   * Takes messages, or leaves them; what came before the end can be taken after it. When too many
   * are left the transport is paused [PW-LIM-5].
   */
  public void setReading(boolean on) {
    run(() -> reading = on);
  }

  /** Octets that were sent and wait for the transport; to be called on the executor. */
  public long queuedOctets() {
    return machine.queuedOctets();
  }

  /** Complete when the transport is gone, which may be a little after the end. */
  public CompletableFuture<Void> released() {
    return released.copy();
  }

  private void run(Runnable action) {
    if (executor.inEventLoop()) {
      action.run();
      advance();
    } else {
      executor.execute(() -> run(action));
    }
  }

  // What the link and the clock tell.

  @Override
  public void onOctets() {
    machine.handleOctets(now());
    advance();
  }

  @Override
  public void onFrame(byte[] frame) {
    machine.handleFrame(frame, now());
    advance();
  }

  @Override
  public void onViolation(CloseCode code, String reason) {
    machine.handleViolation(code, reason, now());
    advance();
  }

  @Override
  public void onProgress() {
    machine.handleAccepted(now());
  }

  @Override
  public void onWritable() {
    machine.handleWritable(now());
    advance();
  }

  @Override
  public void onClosed(LinkEnd end) {
    machine.handleLinkClosed(end, now());
    advance();
    released.complete(null);
  }

  private void timeout() {
    machine.handleTimeout(now());
    advance();
  }

  // What follows.

  /** Does what the machine says until it has nothing more to say, whoever calls meanwhile. */
  private void advance() {
    again = true;
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      noticeSuspend();
      while (again) {
        again = false;
        transmit();
        for (Event event; (event = machine.pollEvent()) != null; ) {
          again = true;
          handle(event);
        }
        deliver();
        throttle();
      }
    } finally {
      advancing = false;
    }
    alarm.update();
  }

  private void noticeSuspend() {
    long ahead = wallAhead();
    if (ahead - wallAhead >= SUSPENDED_MS) {
      machine.handleSuspend(); // [PW-CLK-5]
    }
    wallAhead = ahead;
  }

  private long wallAhead() {
    return wallClock.millis() - now() / 1_000_000;
  }

  private void transmit() {
    for (byte[] frame; (frame = machine.pollTransmit(now())) != null; ) {
      if (!link.send(frame)) {
        machine.handleBlocked();
      }
    }
    if (!drained && machine.queuedOctets() == 0) {
      drained = true;
      call(() -> application.onDrained(this));
    }
  }

  private void handle(Event event) {
    if (event instanceof Event.Message message) {
      inbox.add(message.data());
    } else if (event instanceof Event.RoundTrip roundTrip) {
      call(() -> application.onRoundTrip(this, roundTrip.time()));
    } else if (event instanceof Event.Ended end) {
      ended = true;
      deliver(); // what came before
      call(() -> application.onEnd(this, end.end()));
    } else if (event instanceof Event.Finish finish) {
      link.finish(finish.code());
    } else if (event instanceof Event.Abort abort) {
      link.abort(abort.code());
    }
  }

  private void deliver() {
    for (byte[] message; reading && (message = inbox.poll()) != null; ) {
      byte[] taken = message;
      call(() -> application.onMessage(this, taken));
    }
  }

  /** Reads from the transport only while there is room for messages. */
  private void throttle() {
    boolean full = inbox.isFull() && !ended; // after the end only its end is read
    if (full && !paused) {
      paused = true;
      machine.pauseReading(now());
      link.setReading(false);
    } else if (paused && !full) {
      paused = false;
      machine.resumeReading(now());
      link.setReading(true);
    }
  }

  /** An application that fails costs its own connection and nothing else [PW-CLS-12]. */
  private void call(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException failure) {
      machine.fail(now());
      again = true;
    }
  }
}
