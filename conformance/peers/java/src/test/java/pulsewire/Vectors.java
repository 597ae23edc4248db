package pulsewire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The shared vectors, whose format is in {@code conformance/vectors/README.md}. */
public final class Vectors {
  private static final Path FOLDER = Path.of("..", "..", "vectors");

  /** Reads the array of that name in the file of that name. */
  public static List<JsonObject> read(String file, String array) {
    try {
      var root = JsonParser.parseString(Files.readString(FOLDER.resolve(file))).getAsJsonObject();
      if (root.get("format").getAsInt() != 1) {
        throw new IllegalStateException(file + " has a format that this test does not know");
      }
      return objects(root.getAsJsonArray(array));
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  public static List<JsonObject> objects(JsonArray array) {
    List<JsonObject> objects = new ArrayList<>();
    array.forEach(element -> objects.add(element.getAsJsonObject()));
    return objects;
  }

  /** One test for each vector. */
  public static Stream<DynamicTest> tests(String file, String array, Consumer<JsonObject> test) {
    return read(file, array).stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.get("name").getAsString(), () -> test.accept(vector)));
  }

  public static byte[] octets(JsonElement hex) {
    return HexFormat.of().parseHex(hex.getAsString());
  }

  public static String hex(byte[] octets) {
    return HexFormat.of().formatHex(octets);
  }

  private Vectors() {}
}
