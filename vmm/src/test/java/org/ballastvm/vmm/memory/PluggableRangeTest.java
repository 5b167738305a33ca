package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is memory for a guest, and what the host holds of it, as memory is plugged and unplugged. */
class PluggableRangeTest extends GuestWithRange {
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
