package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Tests run side by side where there is room for their guests. */
class GuestRoomTest {
  private static final int TESTS = 40;

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private void run(GuestRoom room, GuestNeeds needs) {
    try (AutoCloseable _ = room.enter(needs)) {
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      Thread.yield();
      inside.decrementAndGet();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void crowd(GuestRoom room, GuestNeeds needs) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(TESTS);
    for (int test = 0; test < TESTS; test++) {
      Thread.ofVirtual().start(() -> {
        run(room, needs);
        done.countDown();
      });
    }
    assertTrue(done.await(1, TimeUnit.MINUTES));
    assertEquals(0, inside.get());
  }

  @Test
  void noMoreThanThereAreProcessorsFor() throws InterruptedException {
    crowd(new GuestRoom(3, 1 << 20), new GuestNeeds(1, 512));
    assertTrue(most.get() <= 3, most.toString());
  }

  @Test
  void noMoreThanThereIsMemoryFor() throws InterruptedException {
    crowd(new GuestRoom(64, 1024), new GuestNeeds(1, 512));
    assertTrue(most.get() <= 2, most.toString());
  }

  @Test
  void whoWantsMoreThanThereIsComesAlone() {
    Assertions.assertTimeoutPreemptively(Duration.ofMinutes(1), () -> crowd(new GuestRoom(2, 1024), new GuestNeeds(8, 4096)));
    assertEquals(1, most.get());
  }

  @SuppressWarnings("unused")
  private static void guests(@Boot({"-m", "size=1G,slots=4", "-smp", "2,sockets=1"}) Guest one, Guest other, String word) {}

  @Test
  void theNeedsOfATestAreThoseOfItsGuests() {
    Method method = Stream.of(GuestRoomTest.class.getDeclaredMethods()).filter(each -> each.getName().equals("guests"))
        .findFirst().orElseThrow();
    assertEquals(new GuestNeeds(3, 1024 + 160 + 128 + 160), GuestNeeds.of(method));
  }
}
