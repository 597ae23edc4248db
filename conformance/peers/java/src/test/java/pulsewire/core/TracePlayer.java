package pulsewire.core;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pulsewire.Vectors;
import pulsewire.core.End.Cause;
import pulsewire.v1.FrameOuterClass.Frame;

/** Plays a trace to a machine in virtual time, as the README of the vectors has it. */
final class TracePlayer {
  /** What came out, and when. */
  record Output(double atMs, JsonObject json) {}

  private static final double NS_PER_MS = 1e6;

  private static final Map<Cause, String> WORDS =
      Map.of(
          Cause.PEER_SILENT, "peer-silent",
          Cause.CLOSED_BY_PEER, "closed-by-peer",
          Cause.PEER_CLOSED, "peer-closed",
          Cause.PROTOCOL_ERROR, "protocol-error",
          Cause.OUTBOUND_BLOCKED, "outbound-blocked",
          Cause.TRANSPORT_FAILED, "transport-failed");

  private final JsonObject trace;
  private final Machine machine;
  private final List<Output> frames = new ArrayList<>();
  private final List<Output> others = new ArrayList<>();
  private long now;

  TracePlayer(JsonObject trace, double jitter) {
    this.trace = trace;
    this.machine = new Machine(options(trace.getAsJsonObject("config")), new FixedRandom(jitter));
  }

  private static Options options(JsonObject config) {
    Options.Builder options = Options.builder();
    config
        .asMap()
        .forEach(
            (key, value) -> {
              switch (key) {
                case "heartbeat_time_ms" -> options.heartbeatTime(ms(value));
                case "slack_ms" -> options.slack(ms(value));
                case "floor_ms" -> options.floor(ms(value));
                case "first_frame_timeout_ms" -> options.firstFrameTimeout(ms(value));
                case "always_beat" -> options.alwaysBeat(value.getAsBoolean());
                case "peer_heartbeats" -> options.peerMayBeSilent(true);
                case "max_frame_bytes" -> options.maxFrameBytes(value.getAsInt());
                case "max_message_bytes" -> options.maxMessageBytes(value.getAsInt());
                default -> throw new IllegalArgumentException("no option " + key);
              }
            });
    return options.build();
  }

  private static Duration ms(JsonElement value) {
    return Duration.ofMillis(value.getAsLong());
  }

  List<Output> frames() {
    return frames;
  }

  List<Output> others() {
    return others;
  }

  void play() {
    boolean stopped = false;
    List<JsonObject> waiting = new ArrayList<>();
    for (JsonObject step : Vectors.objects(trace.getAsJsonArray("steps"))) {
      if (!step.has("in")) {
        continue;
      }
      long at = nanoseconds(step.get("at"));
      if (!stopped) {
        runUntil(at);
      }
      now = at;
      switch (step.get("in").getAsString()) {
        case "stop" -> stopped = true;
        case "continue" -> {
          stopped = false;
          waiting.forEach(this::input);
          waiting.clear();
          if (machine.pollTimeout() <= now) {
            machine.handleTimeout(now);
            collect();
          }
        }
        default -> {
          if (stopped) {
            waiting.add(step);
          } else {
            input(step);
          }
        }
      }
    }
    runUntil(nanoseconds(trace.get("until")));
  }

  private void runUntil(long until) {
    for (long due; (due = machine.pollTimeout()) <= until; ) {
      now = Math.max(now, due);
      machine.handleTimeout(now);
      collect();
    }
  }

  private void input(JsonObject step) {
    switch (step.get("in").getAsString()) {
      case "open" -> machine.open(now);
      case "receive" -> {
        int repeat = step.has("repeat") ? step.get("repeat").getAsInt() : 1;
        for (int count = 0; count < repeat; count++) {
          machine.handleFrame(Vectors.octets(step.get("hex")), now);
          collect();
        }
      }
      case "octets" -> machine.handleOctets(now);
      case "send" -> machine.send(Vectors.octets(step.get("data_hex")));
      case "probe" -> machine.probe();
      case "close" -> {
        String reason = step.has("reason") ? step.get("reason").getAsString() : "";
        machine.close(step.get("code").getAsInt(), reason, now);
      }
      case "peer-ended" -> machine.handleLinkClosed(LinkEnd.PEER_CLOSED, now);
      case "transport-failed" -> machine.handleLinkClosed(LinkEnd.FAILED, now);
      case "pause" -> machine.pauseReading(now);
      case "resume" -> machine.resumeReading(now);
      case "block" -> machine.handleBlocked();
      case "unblock" -> machine.handleWritable(now);
      case "progress" -> machine.handleAccepted(now);
      case "suspended" -> machine.handleSuspend();
      default -> throw new IllegalArgumentException("no input " + step);
    }
    collect();
  }

  private void collect() {
    for (byte[] octets; (octets = machine.pollTransmit(now)) != null; ) {
      try {
        frames.add(new Output(now / NS_PER_MS, FrameJson.of(Frame.parseFrom(octets))));
      } catch (InvalidProtocolBufferException impossible) {
        throw new AssertionError(impossible);
      }
    }
    for (Event event; (event = machine.pollEvent()) != null; ) {
      var json = new JsonObject();
      if (event instanceof Event.Message message) {
        json.addProperty("out", "message");
        json.addProperty("data_hex", Vectors.hex(message.data()));
      } else if (event instanceof Event.Ended ended && WORDS.containsKey(ended.end().cause())) {
        json.addProperty("out", "end");
        json.addProperty("why", WORDS.get(ended.end().cause()));
        if (Set.of(Cause.CLOSED_BY_PEER, Cause.PROTOCOL_ERROR).contains(ended.end().cause())) {
          json.addProperty("code", ended.end().code());
        }
      } else {
        continue;
      }
      others.add(new Output(now / NS_PER_MS, json));
    }
  }

  private static long nanoseconds(JsonElement ms) {
    return (long) (ms.getAsDouble() * NS_PER_MS);
  }
}
