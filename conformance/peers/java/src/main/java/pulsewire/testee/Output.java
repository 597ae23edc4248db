package pulsewire.testee;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import pulsewire.core.End;

/** Standard output, a line at a time. */
final class Output {
  private final PrintStream stream;

  Output(PrintStream stream) {
    this.stream = stream;
  }

  private synchronized void line(JsonObject object) {
    byte[] octets = (object + "\n").getBytes(StandardCharsets.UTF_8);
    stream.write(octets, 0, octets.length);
    stream.flush();
  }

  void ok(JsonElement id) {
    ok(id, new JsonObject());
  }

  void ok(JsonElement id, JsonObject result) {
    var reply = new JsonObject();
    reply.add("id", id);
    reply.add("ok", result);
    line(reply);
  }

  void error(JsonElement id, String error, String why) {
    var reply = new JsonObject();
    reply.add("id", id);
    reply.addProperty("err", error);
    reply.addProperty("why", String.valueOf(why));
    line(reply);
  }

  void ended(String conn, End end) {
    var further = new JsonObject();
    further.addProperty("cause", end.cause().name().toLowerCase(Locale.ROOT));
    further.addProperty("code", end.code());
    event("end", conn, further);
  }

  void event(String event, String conn, JsonObject further) {
    var said = new JsonObject();
    said.addProperty("event", event);
    said.addProperty("conn", conn);
    further.entrySet().forEach(entry -> said.add(entry.getKey(), entry.getValue()));
    line(said);
  }
}
