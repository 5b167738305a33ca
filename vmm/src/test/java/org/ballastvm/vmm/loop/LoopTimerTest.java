package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers on a loop. */
@Timeout(60)
class LoopTimerTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long HOUR = 3_600_000 * MILLISECOND;

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final EventLoop loop = new EventLoop("test-loop", crash::complete);

  @AfterEach
  void close() {
    loop.close();
    assertFalse(crash.isDone());
  }

  @Test
  void aTimerGoesOffOnTheLoop() throws Exception {
    CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
    try (LoopTimer timer = new LoopTimer(loop, () -> onLoop.complete(loop.isCurrentThread()))) {
      loop.start();
      timer.once(MILLISECOND);

      assertTrue(onLoop.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void onceIsOnceAndEveryIsAgainAndAgain() throws Exception {
    AtomicInteger single = new AtomicInteger();
    CountDownLatch several = new CountDownLatch(5);
    try (LoopTimer once = new LoopTimer(loop, single::incrementAndGet);
        LoopTimer every = new LoopTimer(loop, several::countDown)) {
      loop.start();
      once.once(MILLISECOND);
      every.every(2 * MILLISECOND);

      assertTrue(several.await(30, TimeUnit.SECONDS));
      assertEquals(1, single.get());
      every.stop();
    }
  }

  @Test
  void aTimerThatIsStoppedOrArmedAnewDoesNotGoOff() throws Exception {
    AtomicInteger late = new AtomicInteger();
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    try (LoopTimer stopped = new LoopTimer(loop, late::incrementAndGet);
        LoopTimer postponed = new LoopTimer(loop, late::incrementAndGet);
        LoopTimer end = new LoopTimer(loop, () -> done.complete(true))) {
      loop.post(() -> {
        stopped.once(MILLISECOND);
        postponed.once(MILLISECOND);
        stopped.stop();
        postponed.once(HOUR);
        end.once(5 * MILLISECOND);
      });
      loop.start();

      assertTrue(done.get(30, TimeUnit.SECONDS));
      assertEquals(0, late.get());
    }
  }

  @Test
  void aTimerMayCloseItselfAndAnother() throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    AtomicInteger fired = new AtomicInteger();
    LoopTimer[] timers = new LoopTimer[2];
    for (int i = 0; i < 2; i++) {
      timers[i] = new LoopTimer(loop, () -> {
        fired.incrementAndGet();
        timers[0].close();
        timers[1].close();
        loop.post(() -> done.complete(true));
      });
    }
    loop.post(() -> {
      timers[0].every(MILLISECOND);
      timers[1].every(MILLISECOND);
    });
    loop.start();

    assertTrue(done.get(30, TimeUnit.SECONDS));
    assertEquals(1, fired.get());
  }

  @Test
  void anAlarmOfADeviceRingsOnTheLoopOnceForTheLastThatWasAsked() throws Exception {
    CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
    AtomicInteger replaced = new AtomicInteger();
    LoopClock clock = new LoopClock(loop);
    loop.start();
    loop.post(() -> {
      clock.cancel();
      clock.after(0xffff_ffffL, replaced::incrementAndGet);
      clock.after(1, () -> {
        clock.cancel();
        onLoop.complete(loop.isCurrentThread());
      });
    });

    assertTrue(onLoop.get(30, TimeUnit.SECONDS));
    assertEquals(0, replaced.get());
  }
}
