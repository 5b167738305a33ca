package org.ballastvm.testkit.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @Test
  void whatIsWrittenReplacesWhatWasThere(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("table.csv"), "something longer");
    assertTrue(OutputFile.of("study --csv", file.toString()).write("a,b\n"));
    assertEquals("a,b\n", Files.readString(file));
  }

  @Test
  void aFullDiskIsAFailureAndNoException() { assertFalse(OutputFile.of("study --csv", "/dev/full").write("a,b\n")); }
}
