package org.ballastvm.vmm.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Requests for files, when somebody waits until all are done. */
class FolderWorkersTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final FolderWorkers workers = new FolderWorkers("t", bug -> {
    // One that throws on purpose.
  });

  private boolean settles(Duration patience) { return workers.settle(System.nanoTime() + patience.toNanos()); }

  @Test
  void whatIsUnderWayIsWaitedForAndWhatWaitsForAThread() {
    CountDownLatch host = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 2 * FolderWorkers.MOST; i++) {
      workers.work(() -> {
        try {
          host.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        done.incrementAndGet();
      });
    }
    assertFalse(settles(Duration.ofMillis(1)), "the host has not answered");
    host.countDown();
    assertTrue(settles(LONG));
    assertEquals(2 * FolderWorkers.MOST, done.get());
  }

  @Test
  void aRequestThatFailsIsOver() {
    workers.work(() -> {
      throw new IllegalStateException("on purpose");
    });
    assertTrue(settles(LONG));
  }

  @Test
  void nothingIsWaitedForWhereNothingWasAsked() { assertTrue(settles(Duration.ZERO)); }
}
