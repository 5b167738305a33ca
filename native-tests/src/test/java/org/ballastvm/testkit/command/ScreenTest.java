package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final Reading HALF = new Reading("half", 48, 24, 12);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aFileGetsPlainTextAndNoLineThatChanges() {
    Screen screen = new Screen(out, false, false, 48);
    screen.live(() -> "now");
    screen.draw(HALF);

    String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\n");
    assertEquals(3, lines.length);
    assertEquals("  guest MemAvailable     24 MiB  " + "#".repeat(24), lines[1]);
  }

  @Test
  void aTerminalGetsALineThatTheNextOneReplaces() {
    Screen screen = new Screen(out, true, true, 48);
    screen.live(() -> "now");
    screen.say("then");

    assertEquals("\r\u001b[Know\r\u001b[Kthen\n", bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void theTableHasALineForEachStep() {
    String table = Reading.table(List.of(HALF, HALF));
    assertEquals(3, table.lines().count());
    assertTrue(table.lines().toList().get(1).matches("half +48 MiB +24 MiB +12 MiB"), table);
  }
}
