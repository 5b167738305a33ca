package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One thread for everything: nothing is lost, nothing runs twice, and a bug does not go unseen. On a thread of its own, and
 * on one that it shares.
 */
@Timeout(60)
@ParameterizedClass(name = "shared = {0}")
@ValueSource(booleans = {false, true})
class EventLoopTest {
  private static final int POSTERS = 4;
  private static final int TASKS = 20_000;

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final Optional<LoopThread> shared;
  private final EventLoop loop;

  EventLoopTest(boolean isShared) {
    shared = isShared ? Optional.of(LoopThread.start("test-loop")) : Optional.empty();
    loop = open();
  }

  private EventLoop open() {
    return shared.map(thread -> new EventLoop(thread, crash::complete))
        .orElseGet(() -> new EventLoop("test-loop", crash::complete));
  }

  @AfterEach
  void close() {
    loop.close();
    shared.ifPresent(LoopThread::close);
  }

  @Test
  void noTaskIsLostHoweverManyPost() throws InterruptedException {
    loop.start();
    CountDownLatch all = new CountDownLatch(POSTERS * TASKS);
    List<Thread> posters = new ArrayList<>();
    for (int i = 0; i < POSTERS; i++) {
      Thread poster = new Thread(() -> {
        for (int task = 0; task < TASKS; task++) {
          loop.post(all::countDown);
        }
      });
      poster.start();
      posters.add(poster);
    }
    assertTrue(all.await(30, TimeUnit.SECONDS), all.getCount() + " tasks were lost");
    for (Thread poster : posters) {
      poster.join();
    }
  }

  @Test
  void tasksRunInOrderOnTheLoopAlsoThosePostedBeforeItStarts() throws Exception {
    List<Integer> order = new ArrayList<>();
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    loop.post(() -> order.add(1));
    loop.post(() -> {
      order.add(2);
      loop.post(() -> last.complete(loop.isCurrentThread() && order.add(4)));
      order.add(3);
    });
    loop.start();

    assertTrue(get(last));
    assertEquals(List.of(1, 2, 3, 4), order);
    assertFalse(loop.isCurrentThread());
  }

  @Test
  void everySignalIsHeard() throws Exception {
    try (EventFd bell = EventFd.create()) {
      AtomicInteger heard = new AtomicInteger();
      CompletableFuture<Boolean> enough = new CompletableFuture<>();
      loop.register(bell, Epoll.IN, events -> {
        if (heard.addAndGet((int) bell.drain()) == 1000) {
          enough.complete(true);
        }
      });
      loop.start();
      for (int i = 0; i < 1000; i++) {
        bell.signal();
      }
      assertTrue(get(enough));
    }
  }

  @Test
  void aHandlerMayCloseItsOwnRegistration() throws Exception {
    try (EventFd bell = EventFd.create()) {
      AtomicInteger heard = new AtomicInteger();
      CompletableFuture<EventLoop.Registration> own = new CompletableFuture<>();
      own.complete(loop.register(bell, Epoll.IN, events -> {
        heard.incrementAndGet();
        own.join().close();
        own.join().close();
      }));
      loop.start();
      bell.signal(); // never drained: it would be heard for ever
      settle();
      settle();
      assertEquals(1, heard.get());
    }
  }

  @Test
  void anEventOfAClosedRegistrationDoesNotReachTheOneThatTookItsPlace() throws Exception {
    try (EventFd first = EventFd.create(); EventFd second = EventFd.create(); EventFd third = EventFd.create()) {
      List<String> heard = new ArrayList<>();
      List<EventLoop.Registration> both = new ArrayList<>();
      // Both are ready in one look; whichever comes first closes the other, and another takes its place.
      for (EventFd bell : List.of(first, second)) {
        both.add(loop.register(bell, Epoll.IN, events -> {
          heard.add("one of two");
          both.forEach(EventLoop.Registration::close);
          loop.register(third, Epoll.IN, more -> heard.add("third"));
          loop.register(EventFd.create(), Epoll.IN, more -> heard.add("fourth"));
        }));
        bell.signal();
      }
      loop.start();
      settle();
      settle();
      assertEquals(List.of("one of two"), heard);
    }
  }

  @Test
  void aHandlerThatThrowsIsABugThatIsReported() throws Exception {
    try (EventFd bell = EventFd.create()) {
      IllegalStateException bug = new IllegalStateException("a bug");
      loop.register(bell, Epoll.IN, events -> {
        throw bug;
      });
      loop.start();
      bell.signal();

      assertSame(bug, get(crash));
    }
  }

  @Test
  void aTaskOrTimerThatThrowsEndsAlone() throws Exception {
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    LoopTimer next = new LoopTimer(loop, () -> later.complete(true));
    LoopTimer broken = new LoopTimer(loop, () -> {
      next.once(1);
      throw new IllegalStateException("a bug");
    });
    loop.post(() -> {
      throw new AssertionError("a bug");
    });
    loop.post(() -> broken.once(1));
    loop.start();

    assertTrue(get(later));
    assertFalse(crash.isDone());
  }

  @Test
  void tasksWithoutEndDoNotKeepADescriptorWaiting() throws Exception {
    try (EventFd bell = EventFd.create()) {
      AtomicInteger tasks = new AtomicInteger();
      CompletableFuture<Integer> heardAfter = new CompletableFuture<>();
      loop.register(bell, Epoll.IN | Epoll.EDGE, events -> heardAfter.complete(tasks.get()));
      loop.post(new Runnable() {
        @Override
        public void run() {
          if (tasks.incrementAndGet() == 1) {
            bell.signal();
          }
          if (!heardAfter.isDone() && tasks.get() < 100_000) {
            loop.post(this);
          }
        }
      });
      loop.start();
      int ran = get(heardAfter);
      assertTrue(ran <= 2 * EventLoop.MOST_TASKS, "the descriptor waited for " + ran + " tasks");
    }
  }

  @Test
  void interestCanBeTakenAwayAndGivenBack() throws Exception {
    try (EventFd bell = EventFd.create()) {
      CompletableFuture<Boolean> heard = new CompletableFuture<>();
      EventLoop.Registration registration = loop.register(bell, Epoll.IN, events -> {
        bell.drain();
        heard.complete(true);
      });
      registration.interest(0);
      loop.start();
      bell.signal();
      settle();
      assertFalse(heard.isDone());

      registration.interest(Epoll.IN);

      assertTrue(get(heard));
    }
  }

  @Test
  void aLoopCanBeStoppedByItsOwnTaskAndClosedBeforeItStarts() throws Exception {
    CompletableFuture<Boolean> stopped = new CompletableFuture<>();
    loop.start();
    loop.post(() -> {
      loop.stop();
      stopped.complete(true);
    });
    assertTrue(get(stopped));
    open().close();
    assertFalse(crash.isDone());
  }

  @Test
  void aTaskOrATimerMayCloseTheLoopAndWhatIsPostedThenIsDropped() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    List<String> late = new ArrayList<>();
    LoopTimer other = new LoopTimer(loop, () -> late.add("a timer"));
    LoopTimer last = new LoopTimer(loop, () -> {
      other.once(1);
      loop.post(() -> late.add("a task"));
      loop.close();
      other.once(1);
      loop.post(() -> late.add("a task of later"));
      closed.complete(true);
    });
    loop.start();
    last.every(1);
    assertTrue(get(closed));
    loop.close(); // Returns when the turn is over.
    assertTrue(loop.ownsCaller());
    assertFalse(crash.isDone(), () -> crash.join().toString());
    assertEquals(List.of(), late);
  }

  @Test
  void theSixtyFourthTaskMayCloseTheLoop() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    for (int i = 1; i < EventLoop.MOST_TASKS; i++) {
      loop.post(() -> {
        // One of those before it.
      });
    }
    loop.post(() -> {
      loop.close();
      closed.complete(true);
    });
    loop.start();
    assertTrue(get(closed));
    loop.close();
    assertFalse(crash.isDone(), () -> crash.join().toString());
  }

  @Test
  void beforeItStartsAndWhenItHasEndedItIsAnybodys() throws Exception {
    CompletableFuture<Boolean> owned = new CompletableFuture<>();
    assertTrue(loop.ownsCaller());
    loop.start();
    loop.post(() -> owned.complete(loop.ownsCaller()));
    assertFalse(loop.ownsCaller());
    assertTrue(get(owned));
    loop.stop();
    assertTrue(loop.ownsCaller());
    assertFalse(loop.isCurrentThread());
  }

  @Test
  void whatItWouldWaitForItselfForIsRunAtOnce() throws Exception {
    CompletableFuture<Integer> order = new CompletableFuture<>();
    AtomicInteger steps = new AtomicInteger();
    loop.start();
    assertFalse(loop.runHere(steps::incrementAndGet));
    loop.post(() -> {
      assertTrue(loop.runHere(steps::incrementAndGet));
      order.complete(steps.get());
    });
    assertEquals(1, get(order));
  }

  @Test
  void manyThingsCanBeWatched() throws Exception {
    List<EventFd> bells = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(300);
    for (int i = 0; i < 300; i++) {
      EventFd bell = EventFd.create();
      bells.add(bell);
      loop.register(bell, Epoll.IN, events -> {
        if (bell.drain() > 0) {
          all.countDown();
        }
      });
    }
    loop.start();
    bells.forEach(EventFd::signal);
    assertTrue(all.await(30, TimeUnit.SECONDS));
    loop.close();
    bells.forEach(EventFd::close);
  }

  private void settle() throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.post(() -> done.complete(true));
    get(done);
  }

  private static <T> T get(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(30, TimeUnit.SECONDS);
  }
}
