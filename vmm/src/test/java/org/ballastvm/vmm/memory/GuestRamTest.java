package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest with 3.5 GiB: memory on both sides of the hole, in five chunks. None of it is touched but what a test does. */
class GuestRamTest {
  private static final long GIB = GuestLayout.GIB;
  private static final long SIZE = 3 * GIB + GIB / 2;
  private static final long END = 4 * GIB + GIB / 2;

  private MemoryBackend backend;
  private GuestRam ram;

  @BeforeEach
  void open() {
    BackendConfig.Common lazily = new BackendConfig.Common(false, false, false, false, true);
    backend = MemoryBackend.open(new BackendConfig.Ram("ram", SIZE, lazily));
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(SIZE)), backend);
  }

  @AfterEach
  void close() { backend.close(); }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, GIB - 8, GIB, 3 * GIB - 8, 4 * GIB, END - 8})
  void whatIsWrittenIsRead(long gpa) {
    ram.putLong(gpa, 0x8877_6655_4433_2211L);

    assertEquals(0x11, ram.getByte(gpa));
    assertEquals(0x2211, ram.getShort(gpa));
    assertEquals(0x4433_2211, ram.getInt(gpa));
    assertEquals(0x8877_6655_4433_2211L, ram.getLong(gpa));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void aNumberMayLieOnBothSidesOfAChunksEnd(int before) {
    ram.putLong(GIB - before, 0x8877_6655_4433_2211L);
    assertEquals(0x8877_6655_4433_2211L, ram.getLong(GIB - before));

    ram.putInt(GIB - before, 0xfedc_ba98);
    assertEquals(0xfedc_ba98, ram.getInt(GIB - before));

    ram.putShort(GIB - before, 0xabcd);
    assertEquals(0xabcd, ram.getShort(GIB - before));
  }

  @Test
  void addressesBelowAndAboveTheHoleAreDifferentMemory() {
    ram.putLong(3 * GIB - 8, 1);
    ram.putLong(4 * GIB, 2);

    assertEquals(1, ram.getLong(3 * GIB - 8));
    assertEquals(2, backend.mapping().chunk(3).get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -8, Long.MIN_VALUE, Long.MAX_VALUE, 3 * GIB - 7, 3 * GIB, 4 * GIB - 1, END - 7, END,
      1L << 40})
  void noAddressOutsideMemoryIsTouched(long gpa) {
    assertThrows(GuestError.class, () -> ram.getLong(gpa));
    assertThrows(GuestError.class, () -> ram.putLong(gpa, 1));
    assertThrows(GuestError.class, () -> ram.read(gpa, MemorySegment.ofArray(new byte[8]), 0, 8));
    assertThrows(GuestError.class, () -> ram.discard(gpa, 8));
    assertFalse(ram.contains(gpa, 8));
  }

  @Test
  void aRangeMustBeMemoryFromItsFirstByteToItsLast() {
    assertTrue(ram.contains(0, 3 * GIB));
    assertTrue(ram.contains(4 * GIB, GIB / 2));
    assertFalse(ram.contains(0, 3 * GIB + 1));
    assertFalse(ram.contains(3 * GIB - 1, GIB + 2));
    assertFalse(ram.contains(1, Long.MAX_VALUE));
    assertFalse(ram.contains(0, -1));
  }

  @Test
  void bytesCrossTheEndOfAChunk() {
    byte[] text = "squeezed".getBytes(StandardCharsets.US_ASCII);
    byte[] back = new byte[text.length];

    ram.write(2 * GIB - 3, MemorySegment.ofArray(text), 0, text.length);
    ram.read(2 * GIB - 3, MemorySegment.ofArray(back), 0, back.length);

    assertArrayEquals(text, back);
  }

  @Test
  void aWriteThatDoesNotFitLeavesNothingBehind() {
    byte[] twice = {7, 7};

    assertThrows(GuestError.class, () -> ram.write(END - 1, MemorySegment.ofArray(twice), 0, 2));

    assertEquals(0, ram.getByte(END - 1));
  }

  @Test
  void aDiscardCrossesChunksAndSparesItsNeighbours() {
    for (long page = -2; page < 2; page++) {
      ram.putInt(GIB + page * 4096, 0x5a5a);
    }

    ram.discard(GIB - 4096, 8192);

    assertEquals(1, backend.discardCalls());
    assertEquals(0x5a5a, ram.getInt(GIB - 8192));
    assertEquals(0, ram.getInt(GIB - 4096));
    assertEquals(0, ram.getInt(GIB));
    assertEquals(0x5a5a, ram.getInt(GIB + 4096));
  }

  @Test
  void aDiscardStopsAtNoHole() {
    ram.putInt(3 * GIB - 4096, 1);

    assertThrows(GuestError.class, () -> ram.discard(3 * GIB - 4096, 8192));
    assertThrows(GuestError.class, () -> ram.discard(3 * GIB - 4096, GIB + 8192));
    assertThrows(GuestError.class, () -> ram.discard(END - 4096, 8192));
    assertThrows(GuestError.class, () -> ram.discard(0, Long.MAX_VALUE));

    assertEquals(0, backend.discardCalls());
    assertEquals(1, ram.getInt(3 * GIB - 4096));
  }

  @Test
  void whatTheHostRefusesIsReportedWithThePlaceInTheGuest() {
    BackendConfig kind = new BackendConfig.Memfd("sealed", SIZE, BackendConfig.Common.DEFAULTS, false,
        OptionalLong.empty());
    try (MemoryBackend sealed = MemoryBackend.open(kind)) {
      sealed.file().orElseThrow().sealAgainstWrites();
      GuestRam refused = new GuestRam(GuestLayout.of(MemoryConfig.of(SIZE)), sealed);

      ReclaimFailed e = assertThrows(ReclaimFailed.class, () -> refused.discard(4 * GIB, 8192));

      assertEquals("guest memory at 0x100000000, 8192 bytes, could not be given back to the host: "
          + "fallocate PUNCH_HOLE memfd ballast-sealed: EPERM (not permitted)", e.getMessage());
    }
  }

  @Test
  void aDiscardMayReachTheEndOfAllMemoryBelowTheHole() {
    ram.putInt(3 * GIB - 4096, 1);

    ram.discard(3 * GIB - 4096, 4096);

    assertEquals(0, ram.getInt(3 * GIB - 4096));
  }
}
