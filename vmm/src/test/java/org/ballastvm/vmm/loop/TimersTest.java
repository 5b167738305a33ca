package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many timers on one of the host's. */
class TimersTest {
  private static final long MILLISECOND = 1_000_000;

  private final EventLoop loop = new EventLoop("timers", bug -> {
    throw new AssertionError(bug);
  });

  @BeforeEach
  void start() { loop.start(); }

  @AfterEach
  void end() { loop.close(); }

  @Test
  void theyRingInTheOrderOfTheirTimesWhateverTheOrderTheyWereArmedIn() throws InterruptedException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LoopTimer> rang = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(40);
    LoopTimer[] timers = new LoopTimer[40];
    for (int i = 0; i < timers.length; i++) {
      int which = i;
      timers[i] = new LoopTimer(loop, () -> {
        rang.add(timers[which]);
        all.countDown();
      });
    }
    for (LoopTimer timer : timers) {
      timer.once(20 * MILLISECOND + random.nextInt(100) * MILLISECOND);
    }
    all.await();
    assertEquals(Stream.of(timers).sorted(Comparator.comparingLong(LoopTimer::dueNanos)).toList(), rang);
  }

  @Test
  void oneThatIsSoonerThanAllOthersIsNotHeldUpByThem() throws InterruptedException {
    CountDownLatch soon = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    new LoopTimer(loop, never::countDown).once(TimeUnit.HOURS.toNanos(1));
    LoopTimer later = new LoopTimer(loop, never::countDown);
    later.once(TimeUnit.HOURS.toNanos(2));
    new LoopTimer(loop, soon::countDown).once(MILLISECOND);
    soon.await();
    CountDownLatch again = new CountDownLatch(1);
    later.stop();
    new LoopTimer(loop, again::countDown).once(MILLISECOND);
    again.await();
    assertFalse(never.await(0, TimeUnit.NANOSECONDS));
  }

  @Test
  void oneThatIsClosedIsNotArmedAgain() throws InterruptedException {
    CountDownLatch closedRang = new CountDownLatch(1);
    LoopTimer closed = new LoopTimer(loop, closedRang::countDown);
    closed.close();
    closed.once(1);
    CountDownLatch rang = new CountDownLatch(1);
    new LoopTimer(loop, rang::countDown).once(2 * MILLISECOND);
    rang.await();
    assertEquals(1, closedRang.getCount());
    assertThrows(IllegalArgumentException.class, () -> new LoopTimer(loop, rang::countDown).once(0));
  }
}
