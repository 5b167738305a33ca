package org.ballastvm.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps QEMU from outliving us, with a program that is not QEMU. */
class RigMachineTest {
  private static final List<String> ENDLESS = List.of("sh", "-c", "echo $$; exec sleep 1000");

  @TempDir
  private Path temporary;

  @Test
  void theProgramEndsWithThePipeAndItsDirectoryGoes() throws IOException, InterruptedException {
    Path directory = Files.createDirectory(temporary.resolve("rig"));
    Process wrapper = RigMachine.startBound(directory, ENDLESS);
    ProcessHandle program = ProcessHandle.of(firstNumber(wrapper)).orElseThrow();
    assertTrue(program.isAlive());
    wrapper.getOutputStream().close();
    assertTrue(wrapper.waitFor(20, TimeUnit.SECONDS));
    assertFalse(program.isAlive());
    assertFalse(Files.exists(directory));
  }

  @Test
  void aProgramThatEndsByItselfIsTheEndOfTheWrapperToo() throws IOException, InterruptedException {
    Path directory = Files.createDirectory(temporary.resolve("rig"));
    Process wrapper = RigMachine.startBound(directory, List.of("sh", "-c", "exit 3"));
    assertTrue(wrapper.waitFor(20, TimeUnit.SECONDS));
    assertEquals(3, wrapper.exitValue());
    assertFalse(Files.exists(directory));
  }

  private static long firstNumber(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII);
    return Long.parseLong(lines.readLine());
  }
}
