package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory.Access;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Guest memory as the host's own, for I/O without a copy: a guest of two nodes with 2.5 and 1.5 GiB, 3 GiB below the hole
 * and 1 GiB above, and behind that a device whose second block is plugged.
 */
class MemoryViewTest {
  private static final long GIB = GuestLayout.GIB;
  private static final long BLOCK = 2L << 20;
  private static final long NODE_END = 2 * GIB + GIB / 2;
  private static final long END = 5 * GIB;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final List<MemoryBackend> backends = List.of(backend("a", NODE_END), backend("b", GIB + GIB / 2),
      backend("mem0", 8 * BLOCK));
  private final GuestRam ram = new GuestRam(
      GuestLayout.of(new MemoryConfig(4 * GIB, 0, 8 * GIB, Optional.empty())), backends.subList(0, 2));
  private PluggableRange range;

  private static MemoryBackend backend(String id, long sizeBytes) {
    return MemoryBackend.open(new BackendConfig.Ram(id, sizeBytes, LAZILY));
  }

  @BeforeEach
  void plug() {
    range = ram.devices().claim("-device", "vm0", backends.get(2), OptionalLong.of(END), BLOCK, false, Runnable::run);
    range.plug(END + BLOCK, 2 * BLOCK);
  }

  @AfterEach
  void close() { backends.forEach(MemoryBackend::close); }

  private List<Long> sizes(long gpa, long lengthBytes) {
    List<Long> sizes = new ArrayList<>();
    ram.view(gpa, lengthBytes, Access.READ, pieces -> pieces.forEach(piece -> sizes.add(piece.byteSize())));
    return sizes;
  }

  @Test
  void whatIsContiguousInTheHostIsOnePiece() {
    assertEquals(List.of(4096L), sizes(0, 4096));
    assertEquals(List.of(1L), sizes(3 * GIB - 1, 1));
    assertEquals(List.of(GIB / 2), sizes(4 * GIB + GIB / 2, GIB / 2));
    assertEquals(List.of(2 * BLOCK), sizes(END + BLOCK, 2 * BLOCK));
  }

  @Test
  void aRangeOverEdgesIsPiecesInOrder() {
    assertEquals(List.of(10L, 20L), sizes(NODE_END - 10, 30));
    assertEquals(List.of(100L, GIB, GIB / 2, 100L), sizes(GIB - 100, GIB + GIB / 2 + 200));
    range.plug(END, BLOCK);
    assertEquals(List.of(16L, BLOCK), sizes(END - 16, 16 + BLOCK), "base memory, then that of a device");
  }

  @Test
  void nothingIsNoPieceInMemoryAndAnErrorOutside() {
    assertEquals(List.of(), sizes(0, 0));
    assertEquals(List.of(), sizes(END + BLOCK, 0));
    assertThrows(GuestError.class, () -> sizes(3 * GIB, 0));
    assertThrows(GuestError.class, () -> sizes(END, 0));
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "-1, 2", "0, -1", "0, -9223372036854775808", "0, 9223372036854775807",
      "9223372036854775807, 1", "9223372036854775807, 9223372036854775807", "-9223372036854775808, 8",
      "3221225472, 1", "3221225471, 2", "4294967295, 2", "0, 3221225473", "3221225471, 1073741826",
      "5368709119, 2", "5368709120, 1", "5370806271, 2", "5368709120, 4194304", "5375000575, 2", "5375000576, 1",
      "1099511627776, 1"})
  void whatIsNotAllMemoryIsRefusedBeforeAnythingIsShown(long gpa, long lengthBytes) {
    for (Access access : Access.values()) {
      assertThrows(GuestError.class, () -> ram.view(gpa, lengthBytes, access, pieces -> {
        throw new AssertionError("shown: " + pieces);
      }));
    }
  }

  @Test
  void itIsTheGuestsMemoryAndNoCopy() {
    ram.putLong(NODE_END - 4, 0x8877_6655_4433_2211L);
    ram.view(NODE_END - 4, 8, Access.READ, pieces -> {
      assertEquals(0x4433_2211, pieces.get(0).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
      assertEquals(0x8877_6655, pieces.get(1).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
      assertTrue(pieces.stream().allMatch(MemorySegment::isReadOnly));
    });
    ram.view(END + BLOCK, BLOCK, Access.WRITE, pieces -> {
      pieces.getFirst().set(ValueLayout.JAVA_INT_UNALIGNED, 8, 77);
      assertFalse(pieces.getFirst().isReadOnly());
    });
    assertEquals(77, ram.getInt(END + BLOCK + 8));
  }

  @Test
  void pluggedMemoryStaysWhileItIsLookedAt() throws InterruptedException {
    CountDownLatch looking = new CountDownLatch(1);
    Thread guest = Thread.ofPlatform().start(() -> {
      awaitQuietly(looking);
      range.unplug(END + BLOCK, 2 * BLOCK);
    });
    ram.view(END + BLOCK, BLOCK, Access.WRITE, pieces -> {
      looking.countDown();
      while (guest.getState() != Thread.State.BLOCKED) {
        assertTrue(guest.isAlive(), "it unplugged what is shown");
        Thread.onSpinWait();
      }
      pieces.getFirst().fill((byte) 1);
      assertTrue(ram.contains(END + BLOCK, BLOCK));
    });
    guest.join();
    assertFalse(ram.contains(END + BLOCK, BLOCK));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
