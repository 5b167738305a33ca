package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.event.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest of 16 MiB with a device of 1.5 GiB, which begins 2 MiB behind a GiB, so that no chunk ends where one begins. */
class PluggableRangeTest {
  private static final long MIB = 1L << 20;
  private static final long BLOCK = 2 * MIB;
  private static final long SIZE = 1536 * MIB;
  private static final long BASE = GuestLayout.HIGH_BASE + BLOCK;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private MemoryBackend base;
  private MemoryBackend backend;
  private GuestRam ram;
  private PluggableRange range;
  private int holds;

  @BeforeEach
  void open() {
    base = MemoryBackend.open(new BackendConfig.Ram("ram", 16 * MIB, LAZILY));
    backend = MemoryBackend.open(new BackendConfig.Ram("mem0", SIZE, LAZILY));
    ram = new GuestRam(GuestLayout.of(new MemoryConfig(16 * MIB, 0, 4096 * MIB, Optional.empty())), base);
    range = claim(backend);
  }

  private PluggableRange claim(MemoryBackend memory) {
    return ram.devices().claim("-device", "vm0", memory, OptionalLong.of(BASE), BLOCK, false, task -> {
      holds++;
      task.run();
    });
  }

  @AfterEach
  void close() {
    backend.close();
    base.close();
  }

  @Test
  void whatIsPluggedIsMemoryAndNothingElseIs() {
    assertFalse(ram.contains(BASE, 1));
    range.plug(BASE + BLOCK, 2 * BLOCK);
    assertTrue(ram.contains(BASE + BLOCK, 2 * BLOCK));
    assertFalse(ram.contains(BASE + BLOCK, 2 * BLOCK + 1));
    assertFalse(ram.contains(BASE + BLOCK - 1, 2));
    assertThrows(GuestError.class, () -> ram.putInt(BASE + BLOCK - 2, 1));
    assertThrows(GuestError.class, () -> ram.getLong(BASE + 3 * BLOCK - 7));
    assertThrows(GuestError.class, () -> ram.getByte(BASE));
    assertThrows(GuestError.class, () -> ram.putShortRelease(BASE, 1));
    assertEquals(0, backend.residentBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, BLOCK - 8, BLOCK - 3, 1024 * MIB - 8, 1024 * MIB - 3, 1022 * MIB - 5, SIZE - 8})
  void itIsReadAndWrittenLikeAnyMemory(long offset) {
    range.plug(BASE, BLOCK);
    range.plug(BASE + BLOCK, SIZE - BLOCK);
    long gpa = BASE + offset;
    ram.putLong(gpa, 0x8877_6655_4433_2211L);
    ram.putInt(gpa + 4, 0xccbb_aa99);
    ram.putShort(gpa + 1, 0xddee);
    ram.putByte(gpa, 0xff);
    assertEquals(0xccbb_aa99_44dd_eeffL, ram.getLong(gpa));
    assertEquals(0x44dd_eeff, ram.getInt(gpa));
    assertEquals(0xeeff, ram.getShort(gpa));
    byte[] bytes = new byte[8];
    ram.read(gpa, MemorySegment.ofArray(bytes), 0, 8);
    assertEquals((byte) 0xcc, bytes[7]);
    ram.write(gpa, MemorySegment.ofArray(new byte[8]), 0, 8);
    assertEquals(0, ram.getLong(gpa));
    ram.putShortRelease(gpa & ~1, 77);
    assertEquals(77, ram.getShortAcquire(gpa & ~1));
  }

  @Test
  void theGuestsBalloonMayHoldPagesOfIt() {
    range.plug(BASE, 2 * BLOCK);
    ram.putLong(BASE + BLOCK, 1);
    ram.discard(BASE + BLOCK - 4096, 8192);
    assertEquals(0, ram.getLong(BASE + BLOCK));
    assertEquals(1, backend.discardCalls());
  }

  @Test
  void pluggingIsOneMoreSlotAndUnpluggingAllOfItOneLessInTheEnd() {
    range.plug(BASE, BLOCK);
    range.plug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(2, range.slotCount());
    range.unplug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(2, range.slotCount());
    ram.devices().follow();
    assertEquals(1, range.slotCount());
    range.plug(BASE + BLOCK, 5 * BLOCK);
    range.unplug(BASE, BLOCK);
    range.unplug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(0, range.slotCount());
    assertEquals(0, holds);
  }

  @Test
  void whatIsTakenFromTheMiddleIsHiddenUntilTheGuestComesThere() throws IOException {
    range.plug(BASE, 8 * BLOCK);
    ram.putInt(BASE + 7 * BLOCK, 7);
    ram.putInt(BASE + 2 * BLOCK, 2);
    range.unplug(BASE + 2 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 3 mappings", state());
    assertEquals(0, backend.mapping().residentBytes(2 * BLOCK, BLOCK));
    assertTrue(ram.contains(BASE, 2 * BLOCK) && ram.contains(BASE + 3 * BLOCK, 5 * BLOCK));
    assertThrows(GuestError.class, () -> ram.getByte(BASE + 2 * BLOCK));
    long changes = ram.devices().follow();
    assertEquals("1 holds, 2 slots, 1 mappings", state());
    assertEquals(changes, ram.devices().follow());
    assertEquals("1 holds, 2 slots, 1 mappings", state());
    assertEquals(7, ram.getInt(BASE + 7 * BLOCK));
  }

  /** Of how many kinds of access the memory is in the host's eyes, and what it took to get there. */
  private String state() throws IOException {
    long start = backend.mapping().address();
    long mappings = Files.readAllLines(Path.of("/proc/self/maps")).stream().map(line -> line.split("[- ]"))
        .filter(bounds -> Long.parseUnsignedLong(bounds[0], 16) < start + SIZE
            && Long.parseUnsignedLong(bounds[1], 16) > start && !bounds[0].startsWith("ffff"))
        .count();
    return holds + " holds, " + range.slotCount() + " slots, " + mappings + " mappings";
  }

  @Test
  void whatWasHiddenIsPluggedAgainWithoutAnotherSlotAndReadsZeros() throws IOException {
    range.plug(BASE, 8 * BLOCK);
    ram.putInt(BASE + 3 * BLOCK, 7);
    range.unplug(BASE + 2 * BLOCK, 4 * BLOCK);
    range.plug(BASE + 3 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 5 mappings", state());
    assertEquals(0, ram.getInt(BASE + 3 * BLOCK));
    range.plug(BASE + 5 * BLOCK, BLOCK);
    range.plug(BASE + 2 * BLOCK, BLOCK);
    range.plug(BASE + 4 * BLOCK, BLOCK);
    assertEquals("0 holds, 1 slots, 1 mappings", state());
    range.unplug(BASE + 6 * BLOCK, 2 * BLOCK);
    range.plug(BASE + 6 * BLOCK, 4 * BLOCK); // half of it hidden, half of it without a slot
    assertEquals("0 holds, 2 slots, 1 mappings", state());
  }

  @Test
  void thereAreNeverMoreHiddenPiecesThanAreCheapForTheHost() throws IOException {
    range.plug(BASE, SIZE);
    int pieces = (int) (SIZE / BLOCK) / 2;
    for (int piece = 0; piece < pieces; piece++) {
      range.unplug(BASE + 2L * piece * BLOCK, BLOCK);
      if (piece % 16 == 0) {
        int mappings = Integer.parseInt(state().split(" ")[4]);
        assertTrue(mappings <= 2 * PluggableRange.MOST_HIDDEN + 1, state());
      }
    }
    assertEquals(pieces / (PluggableRange.MOST_HIDDEN + 1), holds);
    ram.devices().follow();
    assertEquals(pieces, range.slotCount());
    assertEquals(SIZE / 2, range.pluggedBytes(BASE, SIZE));
  }

  @Test
  void aPieceIsUnpluggedOnlyWhereThereIsASlotForWhatIsLeft() {
    long page = 4096;
    range.plug(BASE, SIZE);
    int done = 0;
    try {
      for (; done < 1000; done++) {
        range.unplug(BASE + (2L * done + 1) * page, page);
      }
    } catch (PlugRefused e) {
      assertTrue(e.getMessage().contains("no memory slot left"), e.getMessage());
    }
    assertEquals(507, done); // 509 slots where no VM says more: one for base memory, and one that there was
    assertTrue(ram.contains(BASE + (2L * done + 1) * page, page));
  }

  @Test
  void sharedAnonymousMemoryCannotBeGivenBackHiddenSoItsSlotIsCutAtOnce() {
    ram.devices().release(range);
    BackendConfig.Common shared = new BackendConfig.Common(true, false, false, false, true);
    try (MemoryBackend other = MemoryBackend.open(new BackendConfig.Ram("shared", SIZE, shared))) {
      PluggableRange cut = claim(other);
      cut.plug(BASE, 4 * BLOCK);
      ram.putInt(BASE + BLOCK, 1);
      cut.unplug(BASE + BLOCK, BLOCK);
      assertEquals(0, other.residentBytes());
      assertEquals(List.of(1, 2), List.of(holds, cut.slotCount()));
      ram.devices().release(cut);
    }
  }

  @Test
  void whoeverLooksWhileABlockGoesSeesMemoryOrIsRefused() throws InterruptedException {
    range.plug(BASE, 8 * BLOCK);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong looks = new AtomicLong();
    Thread device = Thread.ofPlatform().start(() -> {
      byte[] bytes = new byte[4096];
      while (!done.get()) {
        try {
          ram.read(BASE + 3 * BLOCK - 2048, MemorySegment.ofArray(bytes), 0, 4096);
          ram.putShortRelease(BASE + 3 * BLOCK, ram.getShortAcquire(BASE + 3 * BLOCK) + 1);
          ram.putInt(BASE + 3 * BLOCK - 2, (int) looks.incrementAndGet());
        } catch (GuestError e) {
          looks.incrementAndGet();
        }
      }
    });
    for (int i = 0; i < 3000 || looks.get() < 3000; i++) {
      range.unplug(BASE + 3 * BLOCK, BLOCK);
      range.plug(BASE + 3 * BLOCK, BLOCK);
    }
    done.set(true);
    device.join();
  }

  @Test
  void manyNeighboursAreMadeOneSlot() {
    for (int block = 0; block <= PluggableRange.MANY_SLOTS; block++) {
      range.plug(BASE + block * BLOCK, BLOCK);
    }
    assertEquals(1, range.slotCount());
    assertEquals(1, holds);
    for (int block = 300; block < 300 + 2 * PluggableRange.MANY_SLOTS; block += 2) {
      range.plug(BASE + block * BLOCK, BLOCK);
    }
    assertTrue(holds < 5, holds + " times for what cannot be merged");
  }

  @Test
  void aHostThatKeepsItsMemoryKeepsItInReach() {
    BackendConfig kind = new BackendConfig.Memfd("sealed", SIZE, LAZILY, false, OptionalLong.empty());
    ram.devices().release(range);
    try (MemoryBackend sealed = MemoryBackend.open(kind)) {
      sealed.file().orElseThrow().sealAgainstWrites();
      PluggableRange kept = claim(sealed);
      kept.plug(BASE, 4 * BLOCK);
      PlugRefused e = assertThrows(PlugRefused.class, () -> kept.unplug(BASE + BLOCK, BLOCK));
      assertTrue(e.getMessage().contains("0x100400000, 2097152 bytes, could not be given back"), e.getMessage());
      assertTrue(ram.contains(BASE, 4 * BLOCK));
      assertThrows(PlugRefused.class, () -> kept.unplug(BASE, SIZE));
      assertTrue(ram.contains(BASE, 4 * BLOCK));
      assertFalse(ram.contains(BASE, 4 * BLOCK + 1));
      ram.devices().release(kept);
    }
  }

  @Test
  void aPlaceThatIsGivenUpIsNoMemory() {
    range.plug(BASE, BLOCK);
    ram.devices().release(range);
    assertFalse(ram.contains(BASE, 1));
    assertEquals(0, range.slotCount());
  }

  @Test
  void whatABalloonHeldOfAPlaceThatIsGivenUpIsForgotten() {
    range.plug(BASE, SIZE);
    ram.hold(BASE + MIB, MIB);
    assertEquals(MIB, backend.heldBytes(0, SIZE));
    ram.devices().release(range);
    ram.release(); // A reset gives DIMMs up first, and has the balloon forget what it held then.
    range = claim(backend);
    assertEquals(0, backend.heldBytes(0, SIZE));
  }

  /** A host with room for one more mapping, and then for none. */
  private record FewMappings(MemoryBackend backend, List<String> log) implements PluggableRange.Hiding {
    @Override
    public void hide(long offset, long length) {
      if (log.contains("hide 2")) {
        throw new HostError("mprotect", Errno.ENOMEM);
      }
      log.add("hide " + offset / BLOCK);
      backend.hide(offset, length);
    }

    @Override
    public void show(long offset, long length) {
      log.add("show " + offset / BLOCK);
      backend.show(offset, length);
    }
  }

  @Test
  void whatIsHiddenStaysSoWhileItsSlotStandsThoughTheHostCanHideNoMore() {
    ram.devices().release(range);
    List<String> log = new ArrayList<>();
    FakeSlots kvm = new FakeSlots();
    kvm.whenRemoved(() -> log.add("slot removed"));
    ram.attach(kvm);
    PluggableRange full = new PluggableRange(BASE, backend, new FewMappings(backend, log), ram.slots(), Runnable::run,
        false);
    full.plug(BASE, 8 * BLOCK);
    full.unplug(BASE + 2 * BLOCK, BLOCK);
    full.unplug(BASE + 4 * BLOCK, BLOCK);
    assertEquals(List.of("hide 2", "slot removed", "show 2", "show 4"), log);
    assertEquals(6 * BLOCK, kvm.bytes(BASE, SIZE));
    full.close();
  }

  @Test
  void whereSlotsCannotBeMergedTheyStayAsTheyAre() {
    FakeSlots kvm = new FakeSlots();
    ram.attach(kvm);
    kvm.refuse(slot -> slot.gpa() >= BASE && slot.sizeBytes() > BLOCK);
    for (int block = 0; block <= PluggableRange.MANY_SLOTS + 2; block++) {
      range.plug(BASE + block * BLOCK, BLOCK);
      ram.putInt(BASE + block * BLOCK, block);
    }
    assertEquals(PluggableRange.MANY_SLOTS + 3, range.slotCount());
    assertEquals(1, holds); // and not for each block that comes
    assertEquals(PluggableRange.MANY_SLOTS + 3, kvm.bytes(BASE, SIZE) / BLOCK);
    assertEquals(PluggableRange.MANY_SLOTS, ram.getInt(BASE + PluggableRange.MANY_SLOTS * BLOCK));
  }

  @Test
  void whereASlotCannotBeCutItsMemoryIsUnpluggedByHidingAlone() {
    FakeSlots kvm = new FakeSlots();
    ram.attach(kvm);
    range.plug(BASE, 8 * BLOCK);
    kvm.refuse(slot -> slot.gpa() > BASE);
    range.unplug(BASE + 2 * BLOCK, BLOCK);
    assertThrows(HostError.class, () -> ram.devices().follow());
    assertEquals(8 * BLOCK, kvm.bytes(BASE, SIZE));
    assertThrows(GuestError.class, () -> ram.getInt(BASE + 2 * BLOCK));
    kvm.refuse(slot -> false);
    ram.devices().follow();
    assertEquals(7 * BLOCK, kvm.bytes(BASE, SIZE));
  }

  @Test
  void whateverIsPluggedAndUnpluggedTheHostHoldsWhatIsTouchedOfIt() {
    Random random = new Random(20261121);
    BitSet plugged = new BitSet();
    int blocks = 64;
    for (int step = 0; step < 3000; step++) {
      int first = random.nextInt(blocks);
      int count = 1 + random.nextInt(Math.min(6, blocks - first));
      long gpa = BASE + first * BLOCK;
      if (random.nextInt(20) == 0) {
        ram.devices().follow();
      }
      BitSet these = plugged.get(first, first + count);
      if (these.isEmpty() && random.nextInt(3) > 0) {
        range.plug(gpa, count * BLOCK);
        plugged.set(first, first + count);
        ram.putByte(gpa + random.nextLong(count * BLOCK), 1);
      } else {
        range.unplug(gpa, count * BLOCK);
        plugged.clear(first, first + count);
        assertEquals(0, backend.mapping().residentBytes(first * BLOCK, count * BLOCK), "step " + step);
      }
      for (int block = 0; block < blocks; block++) {
        assertEquals(plugged.get(block), ram.contains(BASE + block * BLOCK, BLOCK), "step " + step);
      }
    }
    range.unplug(BASE, SIZE);
    assertEquals(0, backend.residentBytes());
    assertEquals(0, range.slotCount());
  }

  @Test
  void itBelongsToTheEventLoop() {
    EventLoop loop = new EventLoop("loop", bug -> {});
    ram.devices().belongTo(loop::ownsCaller);
    range.plug(BASE, BLOCK); // The loop has not started.
    try (loop) {
      loop.start();
      assertThrows(AssertionError.class, () -> range.plug(BASE + BLOCK, BLOCK));
      assertThrows(AssertionError.class, () -> range.unplug(BASE, BLOCK));
      assertThrows(AssertionError.class, () -> ram.devices().follow());
      assertThrows(AssertionError.class, () -> ram.devices().release(range));
      assertThrows(AssertionError.class, () -> claim(backend));
      CompletableFuture<Void> unplugged = new CompletableFuture<>();
      loop.post(() -> {
        range.unplug(BASE, BLOCK);
        unplugged.complete(null);
      });
      unplugged.join();
    }
    ram.devices().release(range);
  }
}
