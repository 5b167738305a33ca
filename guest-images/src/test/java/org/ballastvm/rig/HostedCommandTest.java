package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostedCommandTest {
  @Test
  void aShellReadsTheWordsAsTheyWere() {
    HostedCommand command = new HostedCommand(List.of("echo", "it's", "$HOME and \"more\""), Path.of("/a b"),
        Map.of("NAME", "a value"));
    assertEquals("""
        cd '/a b'
        export NAME='a value'
        exec 'echo' 'it'\\''s' '$HOME and "more"'
        """, command.script());
  }

  @Test
  void onATerminalTheShellOfTheTerminalReadsTheWordsAsTheyWere() {
    HostedCommand command = HostedCommand.of("echo", "it's").onTerminal(80, 25);
    assertEquals(List.of("script", "-q", "-e", "-f", "-c", "stty cols 80 rows 25; exec 'echo' 'it'\\''s'", "/dev/null"),
        command.arguments());
  }

  @Test
  void aCommandNamesAProgram() { assertThrows(IllegalArgumentException.class, () -> HostedCommand.of()); }
}
