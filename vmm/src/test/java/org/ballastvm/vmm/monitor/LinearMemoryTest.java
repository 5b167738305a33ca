package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory as a program in the guest sees it: the machine starts with page tables that map all of it to itself. */
@Tag("kvm")
class LinearMemoryTest {
  private static final long SOMEWHERE = 0x10_0000;
  private static final int PRESENT_WRITABLE = 3;
  private static final int LARGE = 0x80;

  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  /** Maps 2 MiB at 2^39 on to a page, by three tables in memory that nobody uses. */
  private void map(long physical) {
    long top = CpuState.of(vm, 0).special().cr3();
    long tables = 0x3000_0000;
    vm.ram().putLong(top + 8, tables | PRESENT_WRITABLE);
    vm.ram().putLong(tables, tables + 0x1000 | PRESENT_WRITABLE);
    vm.ram().putLong(tables + 0x1000, physical | PRESENT_WRITABLE | LARGE);
  }

  @Test
  void addressesGoThroughThePageTables() {
    map(0x2000_0000);
    vm.ram().putLong(0x2000_0000 + SOMEWHERE, 0x1122_3344_5566_7788L);
    assertEquals("0000008000100000: 0x1122334455667788\n", say("x /xg 0x8000100000"));
    assertEquals("0000008000200000: Cannot access memory\n", say("x /xg 0x8000200000"));
    assertTrue(say("x /2xb $rip").matches("\\p{XDigit}{16}: 0x\\p{XDigit}{2} 0x\\p{XDigit}{2}\n"), say("x /2xb $rip"));
  }

  @Test
  void memoryIsSavedAsTheProgramSeesIt(@TempDir Path directory) throws IOException {
    map(0x2000_0000);
    vm.ram().putInt(0x2000_0ffe, 0x0403_0201);
    Path file = directory.resolve("saved");
    assertEquals("", say("memsave 0x8000000ffe 4 \"" + file + "\""));
    assertArrayEquals(new byte[]{1, 2, 3, 4}, Files.readAllBytes(file));
    assertEquals("Error: Invalid addr 0x0000009000000000/size 4 specified\n",
        say("memsave 0x9000000000 4 \"" + file + "\""));
  }

  @Test
  void theWayThroughThePageTablesIsShown() {
    map(0x2000_0000);
    long top = CpuState.of(vm, 0).special().cr3();
    assertEquals("gpa: 0x20100000\n", say("gva2gpa 0x8000100000"));
    assertEquals("Unmapped\n", say("gva2gpa 0x8000200000"));
    assertEquals("""
        0000008000100000: 4 levels from %016x
          PML4 %016x: 0000000030000003 --------W
          PDPT 0000000030000000: 0000000030001003 --------W
          PD   0000000030001000: 0000000020000083 --P-----W
        mapped: 0000000020100000, page of 2 MiB, ram
        """.formatted(top, top + 8), say("info page-table 0x8000100000"));
    assertTrue(say("info page-table -k 0x8000200000").endsWith("\nnot mapped: the entry is not present\n"));
    map(0x7000_0000_0000L);
    assertTrue(say("info page-table 0x8000000000").endsWith(", nothing\n"), say("info page-table 0x8000000000"));
    assertTrue(say("info mem").contains("0000008000000000-0000008000200000 0000000000200000 -rw\n"), say("info mem"));
    assertTrue(say("info tlb").contains("0000008000000000: 0000700000000000 --P-----W\n"), say("info tlb"));
  }

  @Test
  void aGuestThatIsNoLinuxHasNoSymbols() {
    String none = say("info symbol jiffies_64");
    assertTrue(none.startsWith("Error: the guest's kernel cannot be looked at: no 64-bit Linux runs"), none);
    assertEquals(none, say("info symbol 0xffffffff81000000"));
    assertEquals(none, say("info kernel"));
  }
}
