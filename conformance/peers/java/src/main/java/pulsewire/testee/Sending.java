package pulsewire.testee;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message to send so many times.
 *
 * @param everyMs how far apart, 0 for all at once
 */
record Sending(byte[] message, long repeat, long everyMs) {
  static Sending of(JsonObject json) {
    return new Sending(
        message(json), Json.number(json, "repeat", 1), Json.number(json, "every_ms", 0));
  }

  /** The same for ever, as {@code stream} has it. */
  static Sending endless(JsonObject json) {
    Sending once = of(json);
    return new Sending(once.message, Long.MAX_VALUE, Math.max(1, once.everyMs));
  }

  private static byte[] message(JsonObject json) {
    if (json.has("text")) {
      return Json.string(json, "text", "").getBytes(StandardCharsets.UTF_8);
    }
    byte[] message = new byte[Math.toIntExact(Math.max(0, Json.number(json, "bytes", 0)))];
    Arrays.fill(message, (byte) '.');
    return message;
  }
}
