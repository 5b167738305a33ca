package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.junit.jupiter.api.Test;

/** A host that takes its time to find memory. */
class PreallocTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  private final List<String> shown = new ArrayList<>();
  private long populated;
  private long nanos;

  private void populate(long sizeBytes, long pageBytes, long nanosPerGibibyte) {
    new Prealloc(() -> nanos, shown::add).all("mem1", sizeBytes, pageBytes, 1, (offset, length) -> {
      assertEquals(populated, offset);
      assertEquals(0, offset % pageBytes);
      populated += length;
      nanos += nanosPerGibibyte / (GIB / length);
    });
    assertEquals(sizeBytes, populated);
  }

  @Test
  void whatIsQuickIsNotSpokenOf() {
    populate(3 * GIB + 4096, 4096, 300_000_000);
    assertEquals(List.of(), shown);
  }

  @Test
  void whatTakesLongerThanASecondSaysEachSecondHowFarItIs() {
    populate(3 * GIB, 2 * MIB, 1_000_000_000);
    assertEquals(List.of("ballast: memory backend mem1: prealloc has 1 GiB of 3 GiB",
        "ballast: memory backend mem1: prealloc has 2 GiB of 3 GiB",
        "ballast: memory backend mem1: prealloc has 3 GiB of 3 GiB"), shown);
  }

  @Test
  void aPageIsNeverTakenInParts() { populate(2 * GIB, GIB, 100); }

  @Test
  void severalThreadsTakeEachPieceOnce() {
    CyclicBarrier all = new CyclicBarrier(4);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Set<Long> offsets = ConcurrentHashMap.newKeySet();
    new Prealloc(() -> nanos, shown::add).all("mem1", 16 * Prealloc.PIECE_BYTES, 4096, 4, (offset, length) -> {
      assertTrue(offsets.add(offset));
      if (threads.add(Thread.currentThread())) {
        await(all); // Until each has one.
      }
    });
    assertEquals(16, offsets.size());
    assertEquals(4, threads.size());
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("not all threads came", e);
    }
  }

  @Test
  void whatTheHostRefusesEndsIt() {
    assertThrows(HostError.class,
        () -> new Prealloc(() -> nanos, shown::add).all("mem1", GIB, 4096, 4, (offset, length) -> {
          throw new HostError("madvise", Errno.ENOMEM);
        }));
  }
}
