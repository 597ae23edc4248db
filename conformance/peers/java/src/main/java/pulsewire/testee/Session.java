package pulsewire.testee;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import pulsewire.Application;
import pulsewire.Connection;
import pulsewire.core.End;

/** The application of one connection, as its {@link Config} has it. */
final class Session implements Application {
  /** A peer that asks and does not read gets no further answers made for it. */
  private static final int MOST_QUEUED_OCTETS = 1_048_576;

  private final EventLoop loop;
  private final Config config;
  private final Connections.Ended ended;
  private final List<Future<?>> sendings = new ArrayList<>();
  private Connection connection;
  private boolean wantsMessages;
  private boolean gone;

  Session(EventLoop loop, Config config, Connections.Ended ended) {
    this.loop = loop;
    this.config = config;
    this.ended = ended;
    this.wantsMessages = !config.readPaused();
  }

  void begin(Connection opened) {
    connection = opened;
    connection.setReading(wantsMessages);
    if (config.stream() != null) {
      send(config.stream());
    }
  }

  void read() {
    wantsMessages = true;
    connection.setReading(true);
  }

  void send(Sending sending) {
    if (sending.everyMs() > 0 && !gone) {
      sendings.add(new Repetition(sending).start());
      return;
    }
    for (long sent = 0; sent < sending.repeat() && !gone; sent++) {
      connection.send(sending.message());
    }
  }

  @Override
  public void onMessage(Connection from, byte[] message) {
    switch (config.reply()) {
      case "echo" -> from.send(message);
      case "length" ->
          from.send(String.valueOf(message.length).getBytes(StandardCharsets.US_ASCII));
      default -> {}
    }
    if (from.queuedOctets() > MOST_QUEUED_OCTETS) {
      from.setReading(false);
    }
  }

  @Override
  public void onDrained(Connection from) {
    from.setReading(wantsMessages);
  }

  @Override
  public void onEnd(Connection from, End end) {
    gone = true;
    sendings.forEach(sending -> sending.cancel(false));
    ended.with(end);
  }

  private final class Repetition {
    private final Sending sending;
    private long left;
    private Future<?> task;

    Repetition(Sending sending) {
      this.sending = sending;
      this.left = sending.repeat();
    }

    Future<?> start() {
      task =
          loop.scheduleWithFixedDelay(this::sendOne, 0, sending.everyMs(), TimeUnit.MILLISECONDS);
      return task;
    }

    private void sendOne() {
      left--;
      if (left <= 0) {
        task.cancel(false);
      }
      connection.send(sending.message());
    }
  }
}
