package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.ballastvm.virtio.GuestError;
import org.ballastvm.virtio.MemPlugger.PlugRefused;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
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
  void pluggingIsOneMoreSlotAndUnpluggingAllOfItOneLess() {
    range.plug(BASE, BLOCK);
    range.plug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(2, range.slotCount());
    range.unplug(BASE + BLOCK, 5 * BLOCK);
    assertEquals(1, range.slotCount());
    assertEquals(0, holds);
  }

  @Test
  void takingFromTheMiddleHoldsTheGuestForAMoment() {
    range.plug(BASE, 8 * BLOCK);
    ram.putInt(BASE + 7 * BLOCK, 7);
    range.unplug(BASE + 2 * BLOCK, BLOCK);
    assertEquals(1, holds);
    assertEquals(2, range.slotCount());
    assertTrue(ram.contains(BASE, 2 * BLOCK) && ram.contains(BASE + 3 * BLOCK, 5 * BLOCK));
    assertFalse(ram.contains(BASE + 2 * BLOCK, 1));
    assertEquals(7, ram.getInt(BASE + 7 * BLOCK));
  }

  @Test
  void manyNeighboursAreMadeOneSlot() {
    for (int block = 0; block <= PluggableRange.MANY_RUNS; block++) {
      range.plug(BASE + block * BLOCK, BLOCK);
    }
    assertEquals(1, range.slotCount());
    assertEquals(1, holds);
    for (int block = 300; block < 300 + 2 * PluggableRange.MANY_RUNS; block += 2) {
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
  void whateverIsPluggedAndUnpluggedTheHostHoldsWhatIsTouchedOfIt() {
    Random random = new Random(20261121);
    BitSet plugged = new BitSet();
    int blocks = 64;
    for (int step = 0; step < 3000; step++) {
      int first = random.nextInt(blocks);
      int count = 1 + random.nextInt(Math.min(6, blocks - first));
      long gpa = BASE + first * BLOCK;
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
}
