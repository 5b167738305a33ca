package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.loop.Turns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a guest gives up all at once goes back to the host bit by bit. */
class LeavingMemoryTest {
  private static final long MIB = 1L << 20;
  private static final long BLOCK = 2 * MIB;
  private static final long SIZE = 3072 * MIB;
  private static final long BASE = GuestLayout.HIGH_BASE;
  private static final BackendConfig.Common LAZILY = new BackendConfig.Common(false, false, false, false, true);

  private final Deque<Runnable> turns = new ArrayDeque<>();
  private MemoryBackend base;
  private MemoryBackend backend;
  private GuestRam ram;
  private PluggableRange range;

  @BeforeEach
  void plugAll() {
    base = MemoryBackend.open(new BackendConfig.Ram("ram", 16 * MIB, LAZILY));
    backend = MemoryBackend.open(new BackendConfig.Ram("mem0", SIZE, LAZILY));
    ram = new GuestRam(GuestLayout.of(new MemoryConfig(16 * MIB, 0, 8192 * MIB, Optional.empty())), base);
    range = ram.devices().claim("-device", "vm0", backend, OptionalLong.of(BASE), BLOCK, false, Runnable::run);
    range.takeTurns(new Turns() {
      @Override
      public void after(long nanos, Runnable turn) { turns.add(turn); }

      @Override
      public void close() {
        // It holds nothing.
      }
    }, error -> {
      throw error;
    });
    range.plug(BASE, SIZE);
  }

  @AfterEach
  void close() {
    backend.close();
    base.close();
  }

  /** Lets others have their turn until nothing is left to do; returns the most calls of the host in one turn. */
  private long longestTurn() {
    long longest = 0;
    while (!turns.isEmpty()) {
      long before = backend.discardCalls();
      turns.remove().run();
      longest = Math.max(longest, backend.discardCalls() - before);
    }
    return longest;
  }

  @Test
  void allOfALargeDeviceIsOutOfReachAtOnceAndBackWithTheHostInTurns() {
    ram.putLong(BASE, 1);
    ram.putLong(BASE + SIZE - 8, 1);
    range.unplug(BASE, SIZE);
    assertFalse(ram.contains(BASE, 1) || ram.contains(BASE + SIZE - 8, 8));
    assertTrue(range.isGivingBack());
    assertTrue(backend.discardCalls() <= LeavingMemory.TURN_PIECES, backend.discardCalls() + " calls at once");
    assertTrue(longestTurn() <= LeavingMemory.TURN_PIECES);
    assertFalse(range.isGivingBack());
    assertEquals(SIZE / LeavingMemory.PIECE_BYTES, backend.discardCalls());
    assertEquals(0, backend.residentBytes());
  }

  @Test
  void oneBlockIsBackAtOnce() {
    ram.putLong(BASE + 5 * BLOCK, 1);
    range.unplug(BASE + 5 * BLOCK, BLOCK);
    assertFalse(range.isGivingBack());
    assertEquals(0, backend.residentBytes());
    assertTrue(turns.isEmpty());
  }

  @Test
  void whatIsPluggedBeforeItsTurnHasComeIsEmptyAndStays() {
    ram.putLong(BASE + SIZE - BLOCK, 1);
    range.unplug(BASE, SIZE);
    range.plug(BASE + SIZE - BLOCK, BLOCK);
    assertEquals(0, ram.getLong(BASE + SIZE - BLOCK));
    ram.putLong(BASE + SIZE - BLOCK, 2);
    longestTurn();
    assertEquals(2, ram.getLong(BASE + SIZE - BLOCK));
  }

  @Test
  void whoWaitsForTheMemoryIsCalledWhenAllIsBack() {
    AtomicInteger calls = new AtomicInteger();
    range.whenGivenBack(calls::incrementAndGet);
    assertEquals(1, calls.get());
    range.unplug(BASE, SIZE);
    ram.devices().release(range);
    range.whenGivenBack(calls::incrementAndGet);
    assertEquals(1, calls.get());
    longestTurn();
    assertEquals(2, calls.get());
  }
}
