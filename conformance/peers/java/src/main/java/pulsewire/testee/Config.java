package pulsewire.testee;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Set;
import pulsewire.core.Options;

/**
 * The {@code config} of a command: the options of the connection, and what its application does.
 *
 * @param reply echo, length, or empty for nothing
 * @param stream what to send for ever, or null
 */
record Config(Options options, String reply, boolean readPaused, Sending stream, boolean legacy) {
  private static final Set<String> KEYS =
      Set.of(
          "heartbeat_time_ms",
          "slack_ms",
          "floor_ms",
          "always_beat",
          "peer_heartbeats",
          "max_frame_bytes",
          "max_message_bytes",
          "first_frame_timeout_ms",
          "max_unread_bytes",
          "reply",
          "read",
          "stream",
          "legacy");

  /**
   * Throws {@link UnsupportedException} for what is unknown and {@link IllegalArgumentException}
   * for what the implementation refuses.
   */
  static Config of(JsonObject json) {
    for (String key : json.keySet()) {
      requireKnown("option", key, KEYS);
    }
    String reply = Json.string(json, "reply", "");
    requireKnown("reply", reply, Set.of("", "echo", "length"));
    String read = Json.string(json, "read", "");
    requireKnown("read", read, Set.of("", "paused"));
    String peer = Json.string(json, "peer_heartbeats", "");
    requireKnown("peer_heartbeats", peer, Set.of("", "optional"));
    boolean legacy = Json.flag(json, "legacy");
    Options defaults = Options.builder().build();
    Options options =
        Options.builder()
            .heartbeatTime(legacy ? null : duration(json, "heartbeat_time_ms", null))
            .slack(duration(json, "slack_ms", defaults.slack()))
            .floor(duration(json, "floor_ms", defaults.floor()))
            .alwaysBeat(Json.flag(json, "always_beat"))
            .peerMayBeSilent(peer.equals("optional"))
            .maxFrameBytes(count(json, "max_frame_bytes", defaults.maxFrameBytes()))
            .maxMessageBytes(count(json, "max_message_bytes", defaults.maxMessageBytes()))
            .maxUnreadBytes(count(json, "max_unread_bytes", defaults.maxUnreadBytes()))
            .firstFrameTimeout(
                duration(json, "first_frame_timeout_ms", defaults.firstFrameTimeout()))
            .build();
    Sending stream = json.has("stream") ? Sending.endless(Json.object(json, "stream")) : null;
    return new Config(options, reply, read.equals("paused"), stream, legacy);
  }

  static void requireKnown(String what, String value, Set<String> known) {
    if (!known.contains(value)) {
      throw new UnsupportedException("no " + what + " " + value);
    }
  }

  private static Duration duration(JsonObject json, String key, Duration otherwise) {
    return json.has(key) ? Duration.ofMillis(Json.number(json, key, 0)) : otherwise;
  }

  private static int count(JsonObject json, String key, int otherwise) {
    return (int) Math.min(Integer.MAX_VALUE, Json.number(json, key, otherwise));
  }
}
