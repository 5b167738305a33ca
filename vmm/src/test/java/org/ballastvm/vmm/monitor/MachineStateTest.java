package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory and registers as a monitor shows them, in QEMU's columns. */
@Tag("kvm")
class MachineStateTest {
  private static final long SOMEWHERE = 0x2000_0000;

  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '@', delimiter = '>', value = {
      "xp 0x20000000 > 0000000020000000: 0x04030201", "xp/2xw 0x20000000 > 0000000020000000: 0x04030201 0x00000005",
      "xp /2xg 0x20000000 > 0000000020000000: 0x0000000504030201 0x0000000000000000",
      "xp /3xb 0x20000000 > 0000000020000000: 0x01 0x02 0x03", "xp /2db 0x1fffffff > 000000001fffffff:   0   1",
      "xp /4oh 0x20000000 > 0000000020000000:  01001  02003     05      0",
      "xp /2uw 0x20000000 > 0000000020000000:   67305985          5",
      "xp /2c 0x20000000 > 0000000020000000: '\\x01' '\\x02'",
      "xp 0x10000000000 > 0000010000000000: Cannot access memory", "xp -1 > ffffffffffffffff: Cannot access memory"})
  void physicalMemoryIsPrintedByItsFormat(String line, String shown) {
    vm.ram().putLong(SOMEWHERE, 0x5_0403_0201L);
    assertEquals(shown + "\n", say(line));
  }

  @Test
  void aDumpGoesOnWithAnAddressOnEachLine() {
    vm.ram().putByte(SOMEWHERE + 16, 'x');
    assertEquals("""
        0000000020000000: 0x00000000 0x00000000 0x00000000 0x00000000
        0000000020000010: 0x00000078
        """, say("xp /5xw 0x20000000"));
  }

  @Test
  void physicalMemoryIsSavedToAFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("saved here");
    vm.ram().putLong(SOMEWHERE, 0x0807_0605_0403_0201L);
    assertEquals("", say("pmemsave 0x20000000 4 \"" + file + "\""));
    assertArrayEquals(new byte[]{1, 2, 3, 4}, Files.readAllBytes(file));
    assertEquals("", say("pmemsave 0x3ffffffe 4 \"" + file + "\""));
    assertArrayEquals(new byte[4], Files.readAllBytes(file));
    assertEquals("Error: Could not open '/nonexistent/x': No such file or directory\n",
        say("pmemsave 0 16 \"/nonexistent/x\""));
  }

  @Test
  void registersAreReadWhileCpusRun() {
    say("cont");
    String all = say("info registers -a");
    assertTrue(all.startsWith("\nCPU#0\nRAX="), all);
    assertTrue(all.contains("\nCS =0010 0000000000000000 ffffffff 00a09b00 DPL=0 CS64 [-RA]\n"), all);
    assertTrue(all.contains("\nFCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80\n"), all);
    assertTrue(all.contains("\nCPU#1\nEAX=00000000 "), all);
    assertTrue(all.contains("\nEIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=1\n"), all);
    assertTrue(all.contains("\nCS =f000 ffff0000 0000ffff 00009"), all);
    assertEquals("running", vm.state().words());
    assertEquals("CPU#9 not available\n", say("info registers 9"));
  }
}
