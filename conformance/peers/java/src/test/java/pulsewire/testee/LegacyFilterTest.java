package pulsewire.testee;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import pulsewire.core.LinkEnd;
import pulsewire.transport.Link;
import pulsewire.v1.FrameOuterClass.CloseCode;

class LegacyFilterTest {
  private static final class Recorder implements Link.Handler {
    final List<String> told = new ArrayList<>();

    @Override
    public void onOctets() {
      told.add("octets");
    }

    @Override
    public void onFrame(byte[] frame) {
      told.add(HexFormat.of().formatHex(frame));
    }

    @Override
    public void onViolation(CloseCode code, String reason) {
      told.add(code.name());
    }

    @Override
    public void onProgress() {
      told.add("progress");
    }

    @Override
    public void onWritable() {
      told.add("writable");
    }

    @Override
    public void onClosed(LinkEnd end) {
      told.add("closed");
    }
  }

  @Test
  void noHeartbeatPasses() {
    var recorder = new Recorder();
    var filter = new LegacyFilter(recorder);
    filter.onOctets();
    for (String hex : List.of("08011203088827", "08011a0101", "080122020801", "ff")) {
      filter.onFrame(HexFormat.of().parseHex(hex));
    }
    filter.onClosed(LinkEnd.FAILED);
    assertEquals(List.of("08011a0101", "080122020801", "ff", "closed"), recorder.told);
  }
}
