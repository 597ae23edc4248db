package pulsewire.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static void refused(Options.Builder options) {
    assertThrows(IllegalArgumentException.class, options::build);
  }

  @Test
  void heartbeatTimeIsFrom100MsToAnHour() {
    refused(Options.builder().heartbeatTime(Duration.ofMillis(99)));
    refused(Options.builder().heartbeatTime(Duration.ofMillis(3_600_001)));
    assertDoesNotThrow(Options.builder().heartbeatTime(Duration.ofMillis(100))::build);
    assertDoesNotThrow(Options.builder().heartbeatTime(Duration.ofHours(1))::build);
  }

  @Test
  void slackIsNotNegativeAndMayBeLongerThanATimerOf32Bits() {
    refused(Options.builder().slack(Duration.ofMillis(-1)));
    refused(Options.builder().slack(Duration.ofDays(366)));
    assertDoesNotThrow(Options.builder().slack(Duration.ZERO)::build);
    assertDoesNotThrow(Options.builder().slack(Duration.ofMillis(1L << 31))::build);
  }

  @Test
  void floorIsFrom100MsToAnHour() {
    refused(Options.builder().floor(Duration.ofMillis(99)));
    refused(Options.builder().floor(Duration.ofMillis(3_600_001)));
  }

  @Test
  void limitsArePositive() {
    refused(Options.builder().maxFrameBytes(0));
    refused(Options.builder().maxMessageBytes(-1));
    refused(Options.builder().maxUnreadBytes(0));
    refused(Options.builder().firstFrameTimeout(Duration.ofMillis(-1)));
  }
}
