package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.testkit.look.GuestMemoryView;
import org.ballastvm.testkit.look.PageWalk.Mapped;
import org.ballastvm.testkit.look.PageWalk.NotMapped;
import org.ballastvm.testkit.look.WriteNotes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Linux with KASLR whose memory, names, page tables and writes are seen from outside. */
@GuestTest
@Tag("more")
class LookMemoryIT {
  private static final int PAGE = 4096;
  private static final String NAME = "looked-at";

  /** What /proc/kallsyms in the guest says, which root may read. */
  private static long addressByGuest(Guest guest, String symbol) {
    String line = guest.run("grep -w " + symbol + " /proc/kallsyms").lines().findFirst().orElseThrow();
    return Long.parseUnsignedLong(line.split(" ")[0], 16);
  }

  @Test
  void namesAndPageTablesAreThoseOfTheGuestsKernel(
      @Boot({"-m", "512", "-machine", "kaslr=on", "-device", "virtio-balloon-pci"}) Guest guest) {
    GuestMemoryView memory = guest.memory();
    long jiffies = memory.symbol("jiffies_64");
    assertEquals(addressByGuest(guest, "jiffies_64"), jiffies);
    assertEquals(addressByGuest(guest, "virtballoon_probe"), memory.symbol("virtballoon_probe"), "a module's");
    long before = memory.kernelLong(jiffies);
    guest.await("a tick", () -> memory.kernelLong(jiffies) > before);
    Mapped mapped = assertInstanceOf(Mapped.class, memory.pageTable(jiffies));
    assertEquals("ram", mapped.place());
    long banner = memory.symbol("linux_banner");
    assertTrue(new String(memory.kernelBytes(banner, 14), StandardCharsets.US_ASCII).startsWith("Linux version "));
    assertArrayEquals(memory.kernelBytes(banner, 30),
        memory.bytes(assertInstanceOf(Mapped.class, memory.pageTable(banner)).physical(), 30));
    NotMapped nowhere = assertInstanceOf(NotMapped.class, memory.pageTable(0xffff_ffff_ffff_f000L));
    assertEquals("the entry is not present", nowhere.why());
    assertTrue(guest.monitor("info kernel").contains("release: " + guest.kernelRelease()));
    assertNotEquals(addressByGuest(guest, "_text"), 0xffff_ffff_8100_0000L, "KASLR is on");
  }

  @Test
  void writesAreNotedAndPagesInTheBalloonAreLeftAlone(
      @Boot({"-m", "512", "-device", "virtio-balloon-pci"}) Guest guest) {
    GuestMemoryView memory = guest.memory();
    long jiffies = assertInstanceOf(Mapped.class, memory.pageTable(memory.symbol("jiffies_64"))).physical();
    long banner = assertInstanceOf(Mapped.class, memory.pageTable(memory.symbol("linux_banner"))).physical();
    try (WriteNotes notes = memory.noteWrites()) {
      guest.await("a write to jiffies", () -> !notes.written(jiffies, 8).isEmpty());
      assertEquals("vcpus", notes.written(jiffies, 8).getFirst().by());
      assertEquals(List.of(), notes.written(banner & -PAGE, PAGE), "what is read-only");
    }
    guest.balloon(256);
    memory.assertBalloonedPagesUntouched();
    assertTrue(memory.balloonedPages().heldBytes() >= 255L << 20, memory.balloonedPages()::toString);
  }

  @Test
  void gdbFindsAFunctionOfAModuleAndReadsItsCode(
      @Boot({"-m", "512", "-name", NAME, "-machine", "kaslr=on", "-device", "virtio-balloon-pci"}) Guest guest) {
    long probe = guest.memory().symbol("virtballoon_probe");
    HostedProcess gdb = guest.host().start(Ballast.command(List.of("gdb", NAME, "--", "-batch", "-ex",
        "info address virtballoon_probe", "-ex", "x/8xb virtballoon_probe", "-ex", "x/gx &jiffies_64"), List.of()));
    assertEquals(0, gdb.waitFor(Guest.PATIENCE).orElseThrow(), () -> gdb.errors().text());
    String said = gdb.output().text();
    assertTrue(said.contains("\"virtballoon_probe\" is at 0x" + Long.toHexString(probe)), said);
    byte[] code = guest.memory().kernelBytes(probe, 8);
    StringBuilder expected = new StringBuilder();
    for (byte each : code) {
      expected.append("\t0x%02x".formatted(each));
    }
    assertTrue(said.contains(expected), () -> said + Arrays.toString(code));
    assertTrue(said.contains("0x%x:".formatted(guest.memory().symbol("jiffies_64"))), said);
    assertEquals("gdbserver: none", guest.monitor("info gdbserver"));
    assertEquals("VM status: running", guest.monitor("info status"));
  }
}
