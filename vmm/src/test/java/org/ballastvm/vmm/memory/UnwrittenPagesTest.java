package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.TakenTurns;
import org.ballastvm.vmm.memory.WrittenRange.By;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What devices write during a watch is theirs, and memory that comes, goes or is cut again meanwhile is left alone. */
@Tag("kvm")
class UnwrittenPagesTest {
  private static final long MIB = 1L << 20;
  private static final long BLOCK = 2 * MIB;
  private static final long BASE = GuestLayout.HIGH_BASE;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final TakenTurns turns = new TakenTurns();
  private final List<GivenBack> results = new ArrayList<>();
  private final MemoryBackend base = MemoryBackend.open(new BackendConfig.Ram("ram", 64 * MIB, LAZILY));
  private final MemoryBackend backend = MemoryBackend.open(new BackendConfig.Ram("mem0", 64 * MIB, LAZILY));
  private final GuestRam ram = new GuestRam(
      GuestLayout.of(new MemoryConfig(64 * MIB, 0, 1024 * MIB, Optional.empty())), base);
  private Kvm kvm;
  private KvmVm vm;
  private PluggableRange range;
  private UnwrittenPages pages;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = kvm.createVm();
    ram.attach(vm);
    range = ram.devices().claim("-device", "vm0", backend, OptionalLong.of(BASE), BLOCK, false, Runnable::run);
    pages = new UnwrittenPages(ram, Runnable::run, turns, Runnable::run);
  }

  @AfterEach
  void close() {
    if (vm != null) {
      pages.close();
      vm.close();
      kvm.close();
    }
    backend.close();
    base.close();
  }

  /** Asks for a range, and takes the turns that it takes; returns what was given back. */
  private long give(long gpa, long lengthBytes) {
    pages.discardUnwritten(visitor -> visitor.range(gpa, lengthBytes), (given, refused) -> {
      assertEquals(Optional.empty(), refused);
      results.add(given);
    });
    turns.takeAll();
    return results.removeLast().bytes();
  }

  @Test
  void whatADeviceWritesIsItsOwn() {
    ram.putLong(MIB, 0x01d);
    ram.putLong(2 * MIB, 0x01d);
    pages.watch();
    ram.putLong(MIB, 0xda7a);
    ram.putByte(3 * MIB + 4095, 1);
    ram.putShortRelease(5 * MIB, 2);

    assertEquals(16 * MIB - 3 * 4096, give(0, 16 * MIB));

    assertEquals(0xda7a, ram.getLong(MIB));
    assertEquals(0, ram.getLong(2 * MIB));
    assertEquals(1, ram.getByte(3 * MIB + 4095));
    assertEquals(2, ram.getShort(5 * MIB));
  }

  @Test
  void whatTheHostMayWriteInAViewIsWrittenAndWhatItReadsIsNot() {
    ram.putLong(MIB, 0x01d);
    ram.putLong(2 * MIB, 0x01d);
    pages.watch();
    ram.view(MIB - 1, 4096, GuestMemory.Access.WRITE, pieces -> pieces.getFirst().fill((byte) 5));
    ram.view(2 * MIB, 4096, GuestMemory.Access.READ, pieces -> assertEquals(1, pieces.size()));

    assertEquals(16 * MIB - 2 * 4096, give(0, 16 * MIB));

    assertEquals(5, ram.getByte(MIB - 1));
    assertEquals(0, ram.getLong(2 * MIB));
  }

  @Test
  void whatADeviceWritesBetweenTwoTurnsIsSeenInTheNext() {
    ram.putLong(40 * MIB, 0x01d);
    pages.watch();
    pages.discardUnwritten(visitor -> visitor.range(0, 64 * MIB), (given, refused) -> results.add(given));
    ram.putLong(40 * MIB, 0xda7a);
    turns.takeAll();
    assertEquals(64 * MIB - 4096, results.getLast().bytes());
    assertEquals(0xda7a, ram.getLong(40 * MIB));
  }

  @Test
  void memoryThatCameDuringTheWatchIsLeftAlone() {
    range.plug(BASE, BLOCK);
    pages.watch();
    range.plug(BASE + BLOCK, BLOCK);
    ram.putLong(BASE + BLOCK, 0xda7a);

    assertEquals(BLOCK, give(BASE, 4 * BLOCK));

    assertEquals(0xda7a, ram.getLong(BASE + BLOCK));
  }

  @Test
  void memoryWhoseSlotWasCutOrMadeAnewIsLeftAlone() {
    range.plug(BASE, 4 * BLOCK);
    range.plug(BASE + 6 * BLOCK, BLOCK);
    ram.putLong(BASE, 0xda7a);
    pages.watch();
    range.unplug(BASE + BLOCK, BLOCK);
    range.unplug(BASE + 6 * BLOCK, BLOCK);
    ram.devices().follow();
    range.plug(BASE + 6 * BLOCK, BLOCK);

    assertEquals(0, give(BASE, 8 * BLOCK));

    assertEquals(0xda7a, ram.getLong(BASE));
  }

  @Test
  void whatIsHiddenSinceItWasNamedIsPassedOverAndWhatIsPluggedAgainIsWatchedStill() {
    range.plug(BASE, 4 * BLOCK);
    range.plug(BASE + 6 * BLOCK, BLOCK);
    pages.watch();
    ram.putLong(BASE + 2 * BLOCK, 0xda7a);
    range.unplug(BASE + BLOCK, 2 * BLOCK);
    range.unplug(BASE + 6 * BLOCK, BLOCK);
    range.plug(BASE + 6 * BLOCK, BLOCK);
    ram.putLong(BASE + 6 * BLOCK, 0xda7a);

    assertEquals(3 * BLOCK - 4096, give(BASE, 8 * BLOCK));

    assertEquals(0xda7a, ram.getLong(BASE + 6 * BLOCK));
  }

  @Test
  void anotherVmOverTheSameMemoryEndsTheWatch() {
    pages.watch();
    try (KvmVm fresh = kvm.createVm()) {
      ram.attach(fresh);
      assertEquals(0, give(0, 16 * MIB));
      pages.watch();
      assertEquals(16 * MIB, give(0, 16 * MIB));
    }
  }

  @Test
  void aWatchThatEndsGivesNothingBackAnyMore() {
    pages.watch();
    pages.discardUnwritten(visitor -> visitor.range(0, 16 * MIB), (given, refused) -> results.add(given));
    assertEquals(GivenBack.NOTHING, pages.endWatch());
    turns.takeAll();
    assertTrue(results.isEmpty());
    assertEquals(0, base.discardCalls());
  }

  @Test
  void aUserAndHintsDoNotWatchAtOnce() {
    WriteLog log = new WriteLog(ram);
    log.begin();
    assertEquals("what the guest writes to could not be watched: watch_pages is on",
        assertThrows(ReclaimFailed.class, pages::watch).getMessage());
    pages.endWatch();
    assertTrue(log.isOn(), "it is not theirs to end");
    log.end();
    pages.watch();
    assertEquals("writes cannot be noted: free page hinting watches it",
        assertThrows(UserError.class, log::begin).getMessage());
    log.end();
    assertEquals(16 * MIB, give(0, 16 * MIB));
  }

  @Test
  void aUserReadsWhatWasWrittenAndByWhom() {
    WriteLog log = new WriteLog(ram);
    assertThrows(UserError.class, () -> log.written(0, MIB, 9));
    range.plug(BASE, BLOCK);
    log.begin();
    assertEquals(List.of(), log.written(0, Long.MAX_VALUE, 9));
    ram.putLong(MIB + 4092, 1);
    ram.putByte(BASE + BLOCK - 1, 1);
    range.plug(BASE + 2 * BLOCK, BLOCK);
    WrittenRange first = new WrittenRange(MIB, 2 * 4096, By.DEVICES);
    assertEquals(List.of(first, new WrittenRange(BASE + BLOCK - 4096, 4096, By.DEVICES),
        new WrittenRange(BASE + 2 * BLOCK, BLOCK, By.UNKNOWN)), log.written(0, Long.MAX_VALUE, 9));
    assertEquals(List.of(first), log.written(0, Long.MAX_VALUE, 1));
    assertEquals(List.of(new WrittenRange(MIB, 4096, By.DEVICES)), log.written(MIB + 100, 1, 9), "the page of a byte");
    assertEquals(List.of(), log.written(BASE + BLOCK, BLOCK, 9), "no memory is there");
    log.begin();
    assertEquals(List.of(), log.written(0, Long.MAX_VALUE, 9), "what was before counts no more");
    try (KvmVm fresh = kvm.createVm()) {
      ram.attach(fresh);
      assertTrue(assertThrows(UserError.class, () -> log.written(0, MIB, 9)).getMessage().contains("a reset"));
    }
  }
}
