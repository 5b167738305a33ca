package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MarkedConsoleTest {
  private static final String TOKEN = "1234abcd";
  private static final String BEGIN = "\u0001" + TOKEN + " begin\n";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void theProgramsOutputStandsBetweenTheMarks() throws IOException {
    assertEquals(7, copy("Booting\r\n\u0001\u0001" + TOKEN.substring(0, 3) + BEGIN + "one\ntwo" + "\u0001" + TOKEN
        + " 7\npower down\n"));
    assertEquals("one\ntwo", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aMachineThatDoesNotComeUpIsReportedWithItsLastWords() {
    RigError error = assertThrows(RigError.class, () -> copy("Kernel panic\r\n"));

    assertEquals("the Intel rig did not come up; it said: Kernel panic", error.getMessage());
  }

  @Test
  void aMachineThatEndsBeforeTheProgramFailsAndWhatWasWrittenHasBeenSeen() {
    RigError error = assertThrows(RigError.class, () -> copy(BEGIN + "half"));

    assertEquals("the Intel rig ended before the program did", error.getMessage());
    assertEquals("half", out.toString(StandardCharsets.UTF_8));
  }

  private int copy(String console) throws IOException {
    return new MarkedConsole(new ByteArrayInputStream(console.getBytes(StandardCharsets.UTF_8)), TOKEN).copyTo(out);
  }
}
