package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import pulsewire.Vectors;

/** {@code traces.json}: what happens to a side, and what it does when. None is skipped. */
class TracesVectorTest {
  private static final Set<String> OF_THE_SENDER =
      Set.of("timestamp", "echo", "lowest_version", "reason");
  private static final long HELD_TOLERANCE_US = 1000;

  @TestFactory
  Stream<DynamicContainer> traces() {
    return DoubleStream.of(0, 0.5, Math.nextDown(1.0))
        .mapToObj(
            jitter ->
                DynamicContainer.dynamicContainer(
                    "with a jitter of " + jitter,
                    Vectors.tests("traces.json", "traces", trace -> check(trace, jitter))));
  }

  private static void check(JsonObject trace, double jitter) {
    var player = new TracePlayer(trace, jitter);
    player.play();
    List<JsonObject> outputs =
        Vectors.objects(trace.getAsJsonArray("steps")).stream()
            .filter(step -> step.has("out"))
            .toList();
    compare(outputs.stream().filter(TracesVectorTest::isFrame).toList(), player.frames());
    compare(outputs.stream().filter(output -> !isFrame(output)).toList(), player.others());
  }

  private static boolean isFrame(JsonObject output) {
    return output.get("out").getAsString().equals("frame");
  }

  private static void compare(List<JsonObject> expected, List<TracePlayer.Output> seen) {
    for (int index = 0; index < Math.min(expected.size(), seen.size()); index++) {
      JsonObject output = expected.get(index);
      TracePlayer.Output actual = seen.get(index);
      assertWithin(output.get("at"), actual);
      if (isFrame(output)) {
        assertFrame(output.getAsJsonObject("frame"), actual.json());
      } else {
        output.remove("at");
        assertEquals(output, actual.json());
      }
    }
    assertEquals(expected.size(), seen.size(), () -> "expected " + expected + ", seen " + seen);
  }

  private static void assertWithin(JsonElement at, TracePlayer.Output actual) {
    JsonArray window = new JsonArray();
    if (at.isJsonArray()) {
      window = at.getAsJsonArray();
    } else {
      window.add(at);
    }
    double first = window.get(0).getAsDouble();
    double last = window.get(window.size() - 1).getAsDouble();
    assertTrue(
        actual.atMs() >= first && actual.atMs() <= last, () -> at + " is not when came " + actual);
  }

  private static void assertFrame(JsonObject expected, JsonObject seen) {
    assertEquals(expected.get("version"), seen.get("version"));
    assertEquals(expected.get("data_hex"), seen.get("data_hex"));
    assertEquals(expected.get("more"), seen.get("more"));
    assertEquals(expected.has("close"), seen.has("close"));
    assertEquals(expected.has("heartbeat"), seen.has("heartbeat"));
    if (expected.has("close")) {
      assertBody(expected.getAsJsonObject("close"), seen.getAsJsonObject("close"), Set.of("code"));
    }
    if (expected.has("heartbeat")) {
      assertBody(
          expected.getAsJsonObject("heartbeat"),
          seen.getAsJsonObject("heartbeat"),
          Set.of("heartbeat_time_ms", "reply_requested"));
    }
  }

  /** The keys of a body are equal, absence included; what is the sender's own only if expected. */
  private static void assertBody(JsonObject expected, JsonObject seen, Set<String> keys) {
    keys.forEach(key -> assertEquals(expected.get(key), seen.get(key), key));
    for (String key : expected.keySet()) {
      if (OF_THE_SENDER.contains(key)) {
        assertEquals(expected.get(key), seen.get(key), key);
      } else if (key.equals("held_us")) {
        long held = seen.get(key).getAsLong();
        assertTrue(Math.abs(held - expected.get(key).getAsLong()) <= HELD_TOLERANCE_US, key);
      }
    }
  }
}
