package pulsewire.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import pulsewire.Vectors;

/** {@code delimited.json}: octets of a byte stream and the frames in them [PW-TCP-3]. */
class DelimitedVectorTest {
  private static final int DEFAULT_LIMIT = 1_048_576;

  @TestFactory
  Stream<DynamicTest> streams() {
    return Vectors.tests("delimited.json", "streams", DelimitedVectorTest::check);
  }

  private static void check(JsonObject vector) {
    byte[] octets = Vectors.octets(vector.get("hex"));
    feed(vector, List.of(octets));
    List<byte[]> single = new ArrayList<>();
    for (int cut = 0; cut < octets.length; cut++) {
      single.add(Arrays.copyOfRange(octets, cut, cut + 1));
      feed(
          vector,
          List.of(
              Arrays.copyOfRange(octets, 0, cut), Arrays.copyOfRange(octets, cut, octets.length)));
    }
    feed(vector, single);
  }

  private static void feed(JsonObject vector, List<byte[]> reads) {
    int limit =
        vector.has("max_frame_bytes") ? vector.get("max_frame_bytes").getAsInt() : DEFAULT_LIMIT;
    var channel = new EmbeddedChannel(new LengthDecoder(limit));
    String error = "";
    for (byte[] read : reads) {
      try {
        channel.writeInbound(Unpooled.wrappedBuffer(read));
      } catch (FrameException refused) {
        assertEquals("", error, "refused twice");
        error = refused.code().name().replace("CLOSE_CODE_", "");
      }
    }
    List<String> frames = new ArrayList<>();
    for (byte[] frame; (frame = channel.readInbound()) != null; ) {
      frames.add(Vectors.hex(frame));
    }
    boolean byLength = vector.has("error") && vector.get("found_by").getAsString().equals("length");
    assertEquals(byLength ? vector.get("error").getAsString() : "", error);
    List<String> expected =
        vector.getAsJsonArray("frames").asList().stream().map(JsonElement::getAsString).toList();
    // What follows a malformed frame still comes out here: it is the state machine that stops.
    boolean byFrame = vector.has("error") && !byLength;
    assertEquals(expected, byFrame ? frames.subList(0, expected.size()) : frames);
    channel.finishAndReleaseAll();
  }
}
