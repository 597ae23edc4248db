package pulsewire.testee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static Config config(String json) {
    return Config.of(JsonParser.parseString(json).getAsJsonObject());
  }

  @Test
  void takesEveryKey() {
    var config =
        config(
            "{'heartbeat_time_ms': 200, 'slack_ms': 400, 'floor_ms': 100, 'always_beat': true,"
                + "'peer_heartbeats': 'optional', 'max_frame_bytes': 1, 'max_message_bytes': 2,"
                + "'first_frame_timeout_ms': 3, 'max_unread_bytes': 4, 'reply': 'echo',"
                + "'read': 'paused', 'stream': {'bytes': 5, 'every_ms': 6}}");
    assertEquals(Duration.ofMillis(200), config.options().heartbeatTime());
    assertEquals(Duration.ofMillis(400), config.options().slack());
    assertEquals(Duration.ofMillis(100), config.options().floor());
    assertEquals(Duration.ofMillis(3), config.options().firstFrameTimeout());
    assertTrue(config.options().alwaysBeat() && config.options().peerMayBeSilent());
    assertEquals(1, config.options().maxFrameBytes());
    assertEquals(2, config.options().maxMessageBytes());
    assertEquals(4, config.options().maxUnreadBytes());
    assertTrue(config.readPaused());
    assertEquals(5, config.stream().message().length);
    assertEquals(6, config.stream().everyMs());
  }

  @Test
  void aLegacyPeerHasNoHeartbeatTime() {
    assertNull(config("{'legacy': true, 'heartbeat_time_ms': 200}").options().heartbeatTime());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'unheard_of': 1}", "{'reply': 'sing'}", "{'peer_heartbeats': 'never'}"})
  void whatIsUnknownIsUnsupported(String json) {
    assertThrows(UnsupportedException.class, () -> config(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'heartbeat_time_ms': 99}",
        "{'slack_ms': -1}",
        "{'slack_ms': {}}",
        "{'floor_ms': 'high'}",
        "{'stream': []}"
      })
  void whatIsForbiddenIsRefused(String json) {
    assertThrows(IllegalArgumentException.class, () -> config(json));
  }
}
