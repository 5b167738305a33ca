package org.ballastvm.vmm.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What GDB is started with, by what a machine says of its kernel. */
class GdbPlanTest {
  @TempDir
  private Path root;

  @Test
  void aFileIsMovedAsTheKernelIsAndHasItsModulesBesideIt() {
    GdbPlan plan = new GdbPlan(Path.of("/boot/vm linux"), 0x2a00_0000, Optional.of(Path.of("/tmp/symbols")),
        "/tmp/gdb");
    assertEquals(List.of("gdb", "-q", "-iex", "set confirm off", "-iex",
        "set architecture i386:x86-64", "-ex", "symbol-file \"/boot/vm linux\" -o 0x2a000000",
        "-ex", "add-symbol-file \"/tmp/symbols\"", "-ex", "target remote /tmp/gdb", "-ex", "set confirm on", "-batch"),
        plan.command(List.of("-batch")));
  }

  @Test
  void symbolsOfTheGuestAreWhereTheyAre() {
    GdbPlan plan = new GdbPlan(Path.of("/tmp/symbols"), 0, Optional.empty(), ":1234");
    assertEquals("symbol-file \"/tmp/symbols\"", plan.command(List.of()).get(7));
    assertTrue(plan.command(List.of()).stream().noneMatch(word -> word.contains("add-symbol-file")));
  }

  @Test
  void aKernelIsReadOffTheMonitor() {
    assertEquals(new GdbPlan.Kernel("6.1.0-57-amd64", 0x2bc0_0000L),
        GdbPlan.Kernel.parse(
            "Linux version 6.1.0-57-amd64 (x)\nrelease: 6.1.0-57-amd64\nkaslr offset: 0x2bc00000\nsymbols: 9\n"));
    assertThrows(UserError.class, () -> GdbPlan.Kernel.parse("release: a b\n"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"disconnected:tcp:0.0.0.0:1234,server=on > 127.0.0.1:1234",
      "disconnected:tcp:10.1.2.3:99,server=on > 10.1.2.3:99", "disconnected:unix:/tmp/a b,server=on > /tmp/a b"})
  void whoeverServesAlreadyIsConnectedTo(String where, String target) {
    assertEquals(Optional.of(target), GdbPlan.served("gdbserver: " + where + "\n"));
  }

  @Test
  void whereNobodyCanConnectIsSaid() {
    assertEquals(Optional.empty(), GdbPlan.served("gdbserver: none\n"));
    assertTrue(assertThrows(UserError.class, () -> GdbPlan.served("gdbserver: unix:/tmp/gdb,server=on\n")).getMessage()
        .contains("another client is connected"));
    assertTrue(assertThrows(UserError.class, () -> GdbPlan.served("gdbserver: pty:/dev/pts/9\n")).getMessage()
        .contains("'gdbserver none' on its monitor ends that"));
  }

  @Test
  void theFileOfAReleaseIsLookedForAndItsNameIsTheGuestsWord() throws IOException {
    assertEquals(Optional.empty(), KernelFile.ofRelease(root, "6.1.0"));
    Path file = root.resolve("usr/lib/debug/boot/vmlinux-6.1.0");
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertEquals(Optional.of(file), KernelFile.ofRelease(root, "6.1.0"));
    Files.createFile(root.resolve("usr/lib/debug/secret"));
    assertEquals(Optional.empty(), KernelFile.ofRelease(root, "x/../../secret"));
    assertEquals(Optional.empty(), KernelFile.ofRelease(root, ".."));
  }

  @Test
  void aTreeHasItsFile() throws IOException {
    assertThrows(UserError.class, () -> KernelFile.named(root));
    Path file = Files.createFile(root.resolve("vmlinux"));
    assertEquals(file, KernelFile.named(root));
    assertEquals(file, KernelFile.named(file));
  }
}
