package pulsewire.testee;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** Reads what may be absent; a value of another type throws an {@link IllegalArgumentException}. */
final class Json {
  static String string(JsonObject object, String key, String otherwise) {
    return object.has(key) ? primitive(object, key).getAsString() : otherwise;
  }

  static long number(JsonObject object, String key, long otherwise) {
    return object.has(key) ? primitive(object, key).getAsLong() : otherwise;
  }

  static boolean flag(JsonObject object, String key) {
    return object.has(key) && primitive(object, key).getAsBoolean();
  }

  static JsonObject object(JsonObject object, String key) {
    JsonElement value = object.get(key);
    if (value == null) {
      return new JsonObject();
    }
    if (!value.isJsonObject()) {
      throw new IllegalArgumentException(key + " is no object");
    }
    return value.getAsJsonObject();
  }

  private static JsonElement primitive(JsonObject object, String key) {
    JsonElement value = object.get(key);
    if (!value.isJsonPrimitive()) {
      throw new IllegalArgumentException(key + " is no simple value");
    }
    return value;
  }

  private Json() {}
}
