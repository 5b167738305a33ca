package org.ballastvm.testkit.look;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.look.PageWalk.Entry;
import org.ballastvm.testkit.look.PageWalk.Mapped;
import org.ballastvm.testkit.look.PageWalk.NotMapped;
import org.junit.jupiter.api.Test;

/** What a monitor answers, as values. */
class GuestMemoryViewTest {
  private final Map<String, String> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final GuestMemoryView memory = new GuestMemoryView(line -> {
    asked.add(line);
    return answers.getOrDefault(line, "");
  }, (what, condition) -> assertTrue(condition.getAsBoolean(), what));

  @Test
  void bytesAreReadInWordsAndWhatIsLeftOver() {
    answers.put("xp /1xg 0x1000", "0000000000001000: 0x0807060504030201");
    answers.put("xp /3xb 0x1008", "0000000000001008: 0x09 0x0a 0xff");
    assertArrayEquals(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1}, memory.bytes(0x1000, 11));
    answers.put("x -k /4xb 0xffffffff81000000", "ffffffff81000000: 0x01 0x00 0x00 0x80");
    assertEquals(0x8000_0001, memory.kernelInt(0xffff_ffff_8100_0000L));
    answers.put("xp /1xg 0x2000", "0000000000002000: Cannot access memory");
    assertTrue(assertThrows(RigError.class, () -> memory.getLong(0x2000)).getMessage()
        .startsWith("8 bytes at 0x2000 are not all memory"));
  }

  @Test
  void symbolsAreAddresses() {
    answers.put("info symbol jiffies_64", "ffffffff9f20a9c0: jiffies_64+0x0/0x40");
    assertEquals(0xffff_ffff_9f20_a9c0L, memory.symbol("jiffies_64"));
    answers.put("info symbol probe", "ffffffff9f000000: probe+0x0/0x40\nffffffffc0000000: probe+0x0/0x40 [m]");
    assertEquals(2, memory.symbols("probe").size());
    assertTrue(assertThrows(RigError.class, () -> memory.symbol("probe")).getMessage().contains("2 symbols 'probe'"));
    answers.put("info symbol none", "Error: the guest's kernel has no symbol 'none', nor have its modules");
    assertThrows(RigError.class, () -> memory.symbol("none"));
  }

  @Test
  void waysThroughPageTablesAreMappedOrNot() {
    String way = """
        ffffffff81000000: 4 levels from 0000000000009000
          PML4 0000000000009ff8: 0000000030000003 --------W
          PD   0000000030001000: 8000000020000083 X-P-----W
        """;
    List<Entry> entries = List.of(new Entry("PML4", 0x9ff8, 0x3000_0003, "--------W"),
        new Entry("PD", 0x3000_1000, 0x8000_0000_2000_0083L, "X-P-----W"));
    answers.put("info page-table -k 0xffffffff81000000", way + "mapped: 0000000020100000, page of 2 MiB, dimm d0");
    assertEquals(new Mapped(entries, 0x2010_0000, "2 MiB", "dimm d0"), memory.pageTable(0xffff_ffff_8100_0000L));
    answers.put("info page-table -k 0x0", way + "not mapped: the entry is not present");
    assertEquals(new NotMapped(entries, "the entry is not present"), memory.pageTable(0));
  }

  @Test
  void writesAreNotedAsLongAsSomebodyLooks() {
    answers.put("info written-pages 0x1000 0x4000",
        "0000000000001000-0000000000003000 vcpus\n0000000000004000-0000000000005000 both");
    try (WriteNotes notes = memory.noteWrites()) {
      assertEquals(List.of(new WrittenRange(0x1000, 0x2000, "vcpus"), new WrittenRange(0x4000, 0x1000, "both")),
          notes.written(0x1000, 0x4000));
      assertEquals(List.of(), notes.written(0x9000, 1));
    }
    assertEquals("watch_pages on", asked.getFirst());
    assertEquals("watch_pages off", asked.getLast());
  }

  @Test
  void whatTheMonitorRefusesIsNoAnswer() {
    answers.put("info written-pages 0x1000 0x1000", "Error: nobody watches pages");
    try (WriteNotes notes = memory.noteWrites()) {
      assertThrows(RigError.class, () -> notes.written(0x1000, 0x1000));
    }
    answers.put("watch_pages on", "Error: free page hinting runs");
    assertThrows(RigError.class, memory::noteWrites);
  }

  @Test
  void whoWritesIsNamedAndTheGuestRunsOn() {
    answers.put("info status", "VM status: paused (debug)");
    answers.put("info watch", """
        ffffffff9f20a9c0: 8 bytes, writes
        met by CPU#1 init/1 at ffffffff9f20a9c0, before ffffffff9e000000
          do_timer+0x14/0x60
          tick_do_update_jiffies64+0x4/0x80
        """);
    assertEquals(new AddressWriter("met by CPU#1 init/1 at ffffffff9f20a9c0, before ffffffff9e000000",
        List.of("do_timer+0x14/0x60", "tick_do_update_jiffies64+0x4/0x80")), memory.awaitWriter(-42, 8));
    assertEquals(List.of("watch_address none", "cont"), asked.subList(asked.size() - 2, asked.size()));
  }

  @Test
  void aBalloonThatSomebodyTouchedFailsTheTest() {
    answers.put("info balloon -r",
        "held:             8192 bytes\nresident:         4096 bytes\nwritten:          0 bytes");
    memory.assertBalloonedPagesUntouched();
    answers.put("info balloon -r",
        "held:             8192 bytes\nresident:         4096 bytes\nwritten:          4096 bytes\n  0000000000001000-0000000000002000");
    assertTrue(assertThrows(AssertionError.class, memory::assertBalloonedPagesUntouched).getMessage()
        .endsWith("4096 were written to: 0000000000001000-0000000000002000"));
    answers.put("info balloon -r",
        "held:             0 bytes\nresident:         4096 bytes\nwritten:          0 bytes");
    assertThrows(AssertionError.class, memory::assertBalloonedPagesUntouched);
  }
}
