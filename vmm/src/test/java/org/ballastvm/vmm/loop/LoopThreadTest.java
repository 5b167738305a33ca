package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.vmm.state.MachineScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several loops on one thread: each has its turn, and none has to do with another one's end. */
@Timeout(60)
@SuppressWarnings("try") // One thread closes before its time.
class LoopThreadTest {
  private static final String NAME = "shared-loop";
  private static final long MILLISECOND = 1_000_000;

  private final LoopThread thread = LoopThread.start(NAME);
  private final List<EventLoop> loops = new ArrayList<>();
  private final ConcurrentLinkedQueue<Throwable> crashes = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    loops.forEach(EventLoop::close);
    thread.close();
    assertEquals(0, thread.loops());
    assertEquals(0, threads());
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream().filter(one -> one.getName().equals(NAME)).count();
  }

  /** One that has not started. */
  private EventLoop loop() {
    EventLoop loop = new EventLoop(thread, crashes::add);
    loops.add(loop);
    return loop;
  }

  private EventLoop started() {
    EventLoop loop = loop();
    loop.start();
    return loop;
  }

  /** Waits until a loop has had a turn. */
  private static void settle(EventLoop loop) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.post(() -> done.complete(true));
    assertTrue(get(done));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception { return future.get(30, TimeUnit.SECONDS); }

  /** Posts itself without end. */
  private record Flood(EventLoop loop, AtomicInteger ran) implements Runnable {
    static Flood on(EventLoop loop) {
      Flood flood = new Flood(loop, new AtomicInteger());
      for (int i = 0; i < 1000; i++) {
        loop.post(flood);
      }
      return flood;
    }

    @Override
    public void run() {
      ran.incrementAndGet();
      loop.post(this);
    }
  }

  @Test
  void aLoopThatIsNeverDoneKeepsAnotherWaitingForATurn() throws Exception {
    Flood flood = Flood.on(started());
    EventLoop quiet = started();
    try (EventFd bell = EventFd.create()) {
      CountDownLatch rung = new CountDownLatch(100);
      AtomicInteger most = new AtomicInteger();
      int[] before = new int[1];
      Runnable[] next = new Runnable[1];
      quiet.register(bell, Epoll.IN | Epoll.EDGE, events -> {
        most.accumulateAndGet(flood.ran.get() - before[0], Math::max);
        rung.countDown();
        quiet.post(next[0]); // By the bell, then by a task: neither waits.
      });
      next[0] = () -> {
        most.accumulateAndGet(flood.ran.get() - before[0], Math::max);
        before[0] = flood.ran.get();
        bell.signal();
      };
      before[0] = Integer.MAX_VALUE / 2; // The first one waits for this thread.
      quiet.post(next[0]);
      assertTrue(rung.await(30, TimeUnit.SECONDS));
      assertTrue(most.get() > 0 && most.get() <= 3 * EventLoop.MOST_TASKS, "it waited for " + most + " tasks");
    }
  }

  @Test
  void manyThatAreNeverDoneHaveTurnsAlike() throws Exception {
    List<Flood> floods = new ArrayList<>();
    CountDownLatch allAreThere = new CountDownLatch(1);
    EventLoop last = started();
    last.post(() -> await(allAreThere));
    for (int i = 0; i < 50; i++) { // More than the kernel reports at once.
      floods.add(Flood.on(started()));
    }
    allAreThere.countDown();
    CompletableFuture<List<Integer>> counts = new CompletableFuture<>();
    Await.until(() -> floods.stream().mapToInt(flood -> flood.ran.get()).sum() > 200_000);
    last.post(() -> counts.complete(floods.stream().map(flood -> flood.ran.get()).toList()));
    List<Integer> ran = get(counts);
    int least = ran.stream().mapToInt(Integer::intValue).min().orElseThrow();
    int most = ran.stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertTrue(most - least <= 4 * EventLoop.MOST_TASKS, "between " + least + " and " + most);
  }

  @Test
  void aHandlerThatThrowsEndsItsOwnLoop() throws Exception {
    EventLoop broken = started();
    EventLoop whole = started();
    try (EventFd bell = EventFd.create()) {
      IllegalStateException bug = new IllegalStateException("a bug");
      broken.register(bell, Epoll.IN, events -> {
        throw bug;
      });
      bell.signal();
      Await.until(() -> !crashes.isEmpty());
      settle(whole);
      settle(whole);
      assertEquals(List.of(bug), List.copyOf(crashes));
      assertTrue(broken.ownsCaller());
      assertFalse(whole.ownsCaller());
      assertEquals(1, thread.loops());
    }
  }

  @Test
  void aCrashHandlerThatThrowsDoesNotEndTheOthers() throws Exception {
    CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
    EventLoop broken = new EventLoop(thread, bug -> {
      Thread.currentThread().setUncaughtExceptionHandler((where, worse) -> uncaught.complete(worse));
      throw new IllegalStateException("worse", bug);
    });
    loops.add(broken);
    EventLoop whole = started();
    try (EventFd bell = EventFd.create()) {
      broken.register(bell, Epoll.IN, events -> {
        throw new AssertionError("a bug");
      });
      broken.start();
      bell.signal();
      assertEquals("worse", get(uncaught).getMessage());
      settle(whole);
    }
  }

  @Test
  void nothingOfALoopRunsBeforeItStarts() throws Exception {
    List<String> ran = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(3);
    EventLoop other = started();
    EventLoop loop = loop();
    try (EventFd bell = EventFd.create()) {
      loop.register(bell, Epoll.IN | Epoll.EDGE, events -> ran("bell", ran, all));
      new LoopTimer(loop, () -> ran("timer", ran, all)).once(1);
      loop.post(() -> ran("task", ran, all));
      bell.signal();
      settle(other);
      settle(other);
      assertEquals(List.of(), ran);
      loop.start();
      assertTrue(all.await(30, TimeUnit.SECONDS));
      assertThrows(IllegalStateException.class, loop::start);
    }
  }

  private static void ran(String what, List<String> ran, CountDownLatch all) {
    ran.add(what);
    all.countDown();
  }

  @Test
  void aLoopThatEndsTakesWhatIsItsOwnAndNothingElse() throws Exception {
    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    List<String> late = new ArrayList<>();
    EventLoop ending = started();
    EventLoop going = started();
    try (EventFd bell = EventFd.create(); EventFd other = EventFd.create()) {
      CountDownLatch heard = new CountDownLatch(3);
      ending.register(bell, Epoll.IN, events -> late.add("bell"));
      going.register(other, Epoll.IN | Epoll.EDGE, events -> heard.countDown());
      new LoopTimer(ending, () -> late.add("timer")).once(20 * MILLISECOND);
      new LoopTimer(going, heard::countDown).once(40 * MILLISECOND);
      going.post(() -> { // While both wait, on the one thread.
        bell.signal();
        other.signal();
        ending.post(() -> late.add("task"));
        going.post(heard::countDown);
        ending.close();
        turn.complete(true);
      });
      assertTrue(get(turn));
      assertTrue(heard.await(30, TimeUnit.SECONDS), heard + " were not heard");
      settle(going);
      assertEquals(List.of(), late);
      assertEquals(1, thread.loops());
    }
  }

  @Test
  void whoEndsALoopWaitsForItsTurnAndForNobodyElses() throws Exception {
    EventLoop slow = started();
    EventLoop ending = started();
    EventLoop waiting = started();
    CountDownLatch inTurn = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    slow.post(() -> {
      inTurn.countDown();
      await(goOn);
      order.add("turn");
    });
    inTurn.await();
    ending.close(); // The thread is busy with the slow one.
    Thread closing = new Thread(() -> {
      slow.close();
      order.add("closed");
    });
    closing.start();
    Await.until(() -> closing.getState() == Thread.State.WAITING);
    goOn.countDown();
    closing.join();
    assertEquals(List.of("turn", "closed"), order);
    settle(waiting);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoeverIsOnTheThreadNeedNotWaitForAnotherLoop() throws Exception {
    EventLoop one = started();
    EventLoop other = started();
    EventLoop gone = started();
    gone.close();
    CompletableFuture<List<Object>> seen = new CompletableFuture<>();
    one.post(() -> {
      List<Object> ran = new ArrayList<>();
      assertFalse(other.isCurrentThread());
      assertTrue(other.runHere(() -> {
        ran.add(other.ownsCaller() && other.isCurrentThread() && one.ownsCaller());
        assertTrue(one.runHere(() -> ran.add("back in the first")));
      }));
      assertTrue(gone.runHere(() -> ran.add("one that has ended")));
      assertFalse(other.ownsCaller());
      seen.complete(ran);
    });
    assertEquals(List.of(true, "back in the first"), get(seen));
    settle(other);
  }

  @Test
  void whatRunsForALoopRunsForItsMachine() throws Exception {
    List<CompletableFuture<MachineScope>> seen = new ArrayList<>();
    List<MachineScope> scopes = List.of(MachineScope.of("left", note -> {}), MachineScope.of("right", note -> {}));
    EventLoop[] both = new EventLoop[2];
    try (EventFd bell = EventFd.create()) {
      for (int i = 0; i < 2; i++) {
        int which = i;
        scopes.get(i).run(() -> both[which] = started());
      }
      both[0].register(bell, Epoll.IN | Epoll.EDGE, events -> tell(seen, 0));
      for (int i = 0; i < 6; i++) {
        seen.add(new CompletableFuture<>());
      }
      bell.signal();
      new LoopTimer(both[1], () -> tell(seen, 1)).once(1);
      both[0].post(() -> tell(seen, 2));
      both[1].post(() -> tell(seen, 3));
      both[0].post(() -> both[1].runHere(() -> new Thread(() -> tell(seen, 4)).start()));
      both[1].post(() -> {
        both[0].runHere(() -> {});
        tell(seen, 5);
      });
      for (int i = 0; i < 6; i++) {
        assertSame(scopes.get(i == 0 || i == 2 ? 0 : 1), get(seen.get(i)), "number " + i);
      }
    }
  }

  private static void tell(List<CompletableFuture<MachineScope>> seen, int which) {
    seen.get(which).complete(MachineScope.current());
  }

  @Test
  void theThreadEndsWithItsLastLoopWhicheverClosesFirst() throws Exception {
    EventLoop first = started();
    EventLoop second = loop();
    thread.close();
    assertEquals("the loop thread " + NAME + " is closed: it serves no other machine",
        assertThrows(IllegalStateException.class, this::loop).getMessage());
    settle(first);
    second.start();
    settle(second);
    first.close();
    settle(second);
    assertEquals(1, threads());
    second.post(second::close); // Cannot wait for its own thread.
    Await.until(() -> threads() == 0);
    thread.close();
  }

  @Test
  void aHundredLoopsTakeOneThreadAndGiveBackWhatTheyHad() throws Exception {
    long before = openFiles();
    List<EventLoop> hundred = new ArrayList<>();
    try (LoopThread many = LoopThread.start("many")) {
      for (int i = 0; i < 100; i++) {
        hundred.add(new EventLoop(many, crashes::add));
        hundred.getLast().start();
      }
      for (EventLoop loop : hundred) {
        settle(loop);
      }
      assertEquals(1, Thread.getAllStackTraces().keySet().stream().filter(one -> one.getName().equals("many")).count());
      for (int i = 0; i < 100; i += 2) {
        hundred.get(i).close();
      }
      for (int i = 1; i < 100; i += 2) {
        settle(hundred.get(i));
        hundred.get(i).close();
      }
      many.close();
      assertThrows(IllegalStateException.class, () -> new EventLoop(many, crashes::add).close());
    }
    assertEquals(before, openFiles());
  }

  /** Those that loops are made of: eventfds, timers, epolls. */
  private static long openFiles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(LoopThreadTest::isAnonymous).count();
    }
  }

  private static boolean isAnonymous(Path link) {
    try {
      return Files.readSymbolicLink(link).toString().startsWith("anon_inode");
    } catch (IOException e) {
      return false; // Closed meanwhile, by the JVM.
    }
  }
}
