package pulsewire.testee;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The testee of the conformance suite: one JSON object a line comes in on standard input, and one a
 * line goes out on standard output.
 */
public final class Main {
  /** gRPC logs each peer that breaks its rules, with the stack, and the suite has many. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  /** The contract allows 2 s. */
  private static final long LEAVE_WITHIN_MS = 1000;

  public static void main(String[] args) throws IOException, InterruptedException {
    GRPC.setLevel(Level.OFF);
    var out = new Output(System.out);
    System.setOut(System.err); // nothing else may come between the lines of the contract
    var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    EventLoop loop = group.next();
    WarmUp.run(loop);
    var testee = new Testee(loop, out);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        JsonObject command = JsonParser.parseString(line).getAsJsonObject();
        if (Json.string(command, "cmd", "").equals("bye")) {
          break;
        }
        testee.carryOut(command);
      } catch (JsonParseException | IllegalStateException | IllegalArgumentException noCommand) {
        System.err.println("not a command: " + line);
      }
    }
    testee.letGo().completeOnTimeout(null, LEAVE_WITHIN_MS, TimeUnit.MILLISECONDS).join();
    System.exit(0);
  }

  private Main() {}
}
