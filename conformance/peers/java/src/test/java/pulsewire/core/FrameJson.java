package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import pulsewire.Vectors;
import pulsewire.v1.FrameOuterClass.Close;
import pulsewire.v1.FrameOuterClass.Frame;
import pulsewire.v1.FrameOuterClass.Heartbeat;

/** Frames in the JSON of the shared vectors, both ways. */
final class FrameJson {
  static JsonObject of(Frame frame) {
    var json = new JsonObject();
    json.addProperty("version", unsigned(frame.getVersion()));
    switch (frame.getBodyCase()) {
      case HEARTBEAT -> json.add("heartbeat", of(frame.getHeartbeat()));
      case DATA -> {
        json.addProperty("data_hex", Vectors.hex(frame.getData().toByteArray()));
        flag(json, "more", frame.getMore());
      }
      case CLOSE -> json.add("close", of(frame.getClose()));
      default -> {}
    }
    return json;
  }

  private static JsonObject of(Heartbeat heartbeat) {
    var json = new JsonObject();
    number(
        json, "heartbeat_time_ms", heartbeat.hasHeartbeatTimeMs(), heartbeat.getHeartbeatTimeMs());
    flag(json, "reply_requested", heartbeat.getReplyRequested());
    number(json, "timestamp", heartbeat.hasTimestamp(), heartbeat.getTimestamp());
    number(json, "echo", heartbeat.hasEcho(), heartbeat.getEcho());
    number(json, "held_us", heartbeat.hasHeldUs(), heartbeat.getHeldUs());
    number(json, "lowest_version", heartbeat.hasLowestVersion(), heartbeat.getLowestVersion());
    return json;
  }

  private static JsonObject of(Close close) {
    var json = new JsonObject();
    if (close.getCodeValue() != 0) {
      json.addProperty("code", (long) close.getCodeValue());
    }
    if (!close.getReason().isEmpty()) {
      json.addProperty("reason", close.getReason());
    }
    number(json, "retry_after_ms", close.hasRetryAfterMs(), close.getRetryAfterMs());
    number(json, "lowest_version", close.hasLowestVersion(), close.getLowestVersion());
    return json;
  }

  private static void number(JsonObject json, String key, boolean present, int value) {
    if (present) {
      json.addProperty(key, unsigned(value));
    }
  }

  private static void flag(JsonObject json, String key, boolean value) {
    if (value) {
      json.addProperty(key, true);
    }
  }

  private static long unsigned(int value) {
    return Integer.toUnsignedLong(value);
  }

  /** All that is expected must be there; what else there is does not matter. */
  static void assertHas(JsonObject expected, JsonObject seen) {
    for (String key : expected.keySet()) {
      JsonElement value = expected.get(key);
      if (value.isJsonObject()) {
        assertTrue(seen.has(key), () -> "no " + key + " in " + seen);
        assertHas(value.getAsJsonObject(), seen.getAsJsonObject(key));
      } else {
        assertEquals(value, seen.get(key), key);
      }
    }
  }

  static Frame toFrame(JsonObject json) {
    Frame.Builder frame = Frame.newBuilder().setVersion(int32(json.get("version")));
    if (json.has("heartbeat")) {
      frame.setHeartbeat(toHeartbeat(json.getAsJsonObject("heartbeat")));
    } else if (json.has("data_hex")) {
      frame.setData(ByteString.copyFrom(Vectors.octets(json.get("data_hex"))));
    } else if (json.has("close")) {
      frame.setClose(toClose(json.getAsJsonObject("close")));
    }
    return frame.setMore(json.has("more")).build();
  }

  private static Heartbeat toHeartbeat(JsonObject json) {
    Heartbeat.Builder heartbeat = Heartbeat.newBuilder();
    heartbeat.setReplyRequested(json.has("reply_requested"));
    json.asMap()
        .forEach(
            (key, value) -> {
              switch (key) {
                case "heartbeat_time_ms" -> heartbeat.setHeartbeatTimeMs(int32(value));
                case "timestamp" -> heartbeat.setTimestamp(int32(value));
                case "echo" -> heartbeat.setEcho(int32(value));
                case "held_us" -> heartbeat.setHeldUs(int32(value));
                case "lowest_version" -> heartbeat.setLowestVersion(int32(value));
                default -> {}
              }
            });
    return heartbeat.build();
  }

  private static Close toClose(JsonObject json) {
    Close.Builder close = Close.newBuilder();
    json.asMap()
        .forEach(
            (key, value) -> {
              switch (key) {
                case "code" -> close.setCodeValue(int32(value));
                case "reason" -> close.setReason(value.getAsString());
                case "retry_after_ms" -> close.setRetryAfterMs(int32(value));
                case "lowest_version" -> close.setLowestVersion(int32(value));
                default -> {}
              }
            });
    return close.build();
  }

  private static int int32(JsonElement number) {
    return (int) number.getAsLong();
  }

  private FrameJson() {}
}
