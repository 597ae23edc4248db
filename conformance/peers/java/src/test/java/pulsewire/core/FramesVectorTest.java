package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import pulsewire.Vectors;
import pulsewire.v1.FrameOuterClass.Frame;

/** {@code frames.json}: octets and the frame that they are. */
class FramesVectorTest {
  @TestFactory
  Stream<DynamicTest> frames() {
    return Vectors.tests("frames.json", "frames", FramesVectorTest::check);
  }

  private static void check(JsonObject vector) {
    byte[] octets = Vectors.octets(vector.get("hex"));
    boolean either = vector.has("either");
    if (vector.has("error") && !either) {
      assertThrows(InvalidProtocolBufferException.class, () -> FrameDecoder.decode(octets));
      return;
    }
    JsonObject expected = vector.getAsJsonObject("frame");
    Frame frame;
    try {
      frame = FrameDecoder.decode(octets);
    } catch (InvalidProtocolBufferException malformed) {
      assertTrue(either, "taken for malformed");
      return;
    }
    JsonObject seen = FrameJson.of(frame);
    if (either) {
      FrameJson.assertHas(expected, seen);
    } else {
      assertEquals(expected, seen);
    }
    if (vector.has("canonical")) {
      assertArrayEquals(octets, FrameJson.toFrame(expected).toByteArray());
    }
  }
}
