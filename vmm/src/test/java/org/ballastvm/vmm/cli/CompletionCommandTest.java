package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.AutoComplete;

/** What bash offers behind {@code ballast}, once it has read the script. */
class CompletionCommandTest {
  @TempDir
  private Path directory;

  @ParameterizedTest
  @CsvSource({"ballast -kern, -kernel", "ballast p, ps", "ballast ps --j, --json", "ballast -device pc, pc-dimm",
      "ballast -object memory-backend-m, memory-backend-memfd", "ballast monitor --h, --help"})
  void bashCompletesOptionsValuesAndSubCommands(String line, String offered) throws Exception {
    Path script = Files.writeString(directory.resolve("completion"), AutoComplete.bash("ballast", Help.commandLine()));

    assertEquals(offered, bash("source " + script + "; compopt() { :; }; COMP_WORDS=(" + line
        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_ballast; echo \"${COMPREPLY[*]}\""));
  }

  @Test
  void filesAreOfferedWhereAFileIsMeant() throws Exception {
    Files.createFile(directory.resolve("vmlinuz"));

    bashCompletesOptionsValuesAndSubCommands("ballast -kernel " + directory + "/vm", directory + "/vmlinuz");
  }

  private static String bash(String steps) throws IOException, InterruptedException {
    Process bash = new ProcessBuilder("bash", "--norc", "-c", steps).redirectErrorStream(true).start();
    String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), output);
    return output.strip();
  }
}
