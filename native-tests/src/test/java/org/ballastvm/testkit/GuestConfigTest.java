package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.GuestImage;
import org.junit.jupiter.api.Test;

class GuestConfigTest {
  private static final GuestImage IMAGE = new GuestImage("6.1", Path.of("vmlinuz"), Path.of("initrd"));

  private static String commandLine(GuestConfig config, String hostsWords) {
    List<String> arguments = config.arguments(IMAGE, 20_000, hostsWords);
    return arguments.get(arguments.indexOf("-append") + 1);
  }

  /** The last of two words counts for Linux, so a test has its way. */
  @Test
  void whatATestSaysToItsKernelStandsBehindWhatItsHostSays() {
    assertEquals("console=ttyS0 panic=-1 quiet watchdog_thresh=60 watchdog_thresh=1",
        commandLine(GuestConfig.of().appending("watchdog_thresh=1"), "watchdog_thresh=60"));
    assertEquals("console=ttyS0 panic=-1 quiet a=\"b  c\"",
        commandLine(GuestConfig.of().appending("a=\"b  c\""), ""));
    assertEquals("console=ttyS0 panic=-1 quiet", commandLine(GuestConfig.of(), ""));
  }
}
