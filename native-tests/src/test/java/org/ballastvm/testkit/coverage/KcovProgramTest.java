package org.ballastvm.testkit.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places in a program, which this host's gcc built, as a kernel would note them. */
class KcovProgramTest {
  @TempDir
  private Path directory;

  private Addresses program;

  @BeforeEach
  void build() throws IOException, InterruptedException {
    Files.writeString(directory.resolve("main.c"), """
        int twice(int x)
        {
        	return 2 * x;
        }
        int main(void) { return twice(0); }
        """);
    Process gcc = new ProcessBuilder("gcc", "-g", "-O0", "-no-pie", "-o", "program", "main.c")
        .directory(directory.toFile())
        .inheritIO().start();
    assertEquals(0, gcc.waitFor());
    program = Addresses.of(directory.resolve("program"));
  }

  private static byte[] places(long announced, long... addresses) {
    ByteBuffer bytes = ByteBuffer.allocate((addresses.length + 1) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(announced);
    for (long address : addresses) {
      bytes.putLong(address);
    }
    return bytes.array();
  }

  @Test
  void placesAreLines() {
    long twice = program.symbol("twice");
    assertEquals(Map.of(2, 2L), program.lines(KcovProgram.counts(places(2, twice + 4096, twice + 4096), 4096))
        .source("main.c").lines());
  }

  @Test
  void aKernelThatIsElsewhereIsAnother() {
    String message = assertThrows(RigError.class, () -> program.lines(Map.of(0xffffffff81000000L, 1L))).getMessage();
    assertTrue(message.contains("knows no line of what was passed"), message);
    assertThrows(RigError.class, () -> program.symbol("_text"));
  }

  @Test
  void aGuestThatWroteSomethingElseIsRefused() {
    for (byte[] wrong : new byte[][]{{}, {1, 2, 3}, places(2, 7), places(-1, 7)}) {
      assertThrows(RigError.class, () -> KcovProgram.counts(wrong, 0));
    }
    assertTrue(assertThrows(RigError.class,
        () -> KcovProgram.counts(places(KcovProgram.WORDS - 1, new long[KcovProgram.WORDS - 1]), 0)).getMessage()
        .contains("have it do less"));
  }

  @Test
  void whatNotesThemIsBuilt() {
    byte[] built = KcovProgram.build();
    assertTrue(built.length > 10_000 && built[1] == 'E' && built[2] == 'L' && built[3] == 'F');
  }
}
