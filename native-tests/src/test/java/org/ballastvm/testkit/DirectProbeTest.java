package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirectProbeTest {
  @Test
  void onHardwareTheReportEndsWithTheConsolesLastLines() {
    String console = IntStream.range(0, 20).mapToObj(number -> "line " + number).collect(Collectors.joining("\n\n"));

    String report = DirectProbe.report(Optional.of("vmx"), console);

    assertTrue(report.startsWith("; this processor has vmx, so this looks like a fault of Ballast: please report it"));
    assertTrue(report.endsWith("\n  line 18\n  line 19"), report);
    assertEquals(9, report.lines().count());
  }

  @Test
  void withoutHardwareNobodyIsToReportAnything() {
    assertEquals("", DirectProbe.report(Optional.empty(), "Linux version 6.1"));
  }
}
