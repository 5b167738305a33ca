package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eventfds, timers and epoll. */
class EventsTest {
  private static final int FOREVER = -1;
  private static final int NOT_AT_ALL = 0;

  @Test
  void whoWatchesForEdgesHasEachSignalOnceAndNeedNotDrain() {
    try (Epoll epoll = Epoll.create(); EventFd event = EventFd.create()) {
      epoll.add(event, Epoll.IN | Epoll.EDGE, 5);
      for (int i = 0; i < 3; i++) {
        event.signal();
        assertEquals(1, epoll.await(FOREVER));
        assertEquals(0, epoll.await(NOT_AT_ALL));
      }
      assertEquals(3, event.drain());
    }
  }

  @Test
  void anEventfdCountsItsSignals() {
    try (EventFd event = EventFd.create()) {
      assertEquals(0, event.drain());

      event.signal();
      event.signal();

      assertEquals(2, event.drain());
      assertEquals(0, event.drain());
    }
  }

  @Test
  void epollReportsWhichOneIsReady() {
    try (Epoll epoll = Epoll.create(); EventFd first = EventFd.create(); EventFd second = EventFd.create()) {
      epoll.add(first, Epoll.IN, 7);
      epoll.add(second, Epoll.IN, 8);
      assertEquals(0, epoll.await(NOT_AT_ALL));

      second.signal();

      assertEquals(1, epoll.await(FOREVER));
      assertEquals(8, epoll.token(0));
      assertEquals(Epoll.IN, epoll.events(0));
    }
  }

  @Test
  void anEpollIsReadyWhileSomethingInItIs() {
    try (Epoll outer = Epoll.create(); Epoll inner = Epoll.create(); EventFd event = EventFd.create()) {
      inner.add(event, Epoll.IN | Epoll.EDGE, 7);
      outer.add(inner, Epoll.IN, 9);
      assertEquals(0, outer.await(NOT_AT_ALL));
      for (int i = 0; i < 3; i++) { // An edge in the inner one is a level in the outer one, until it is taken.
        event.signal();
        assertEquals(1, outer.await(FOREVER));
        assertEquals(1, outer.await(FOREVER));
        assertEquals(9, outer.token(0));
        assertEquals(1, inner.await(NOT_AT_ALL));
        assertEquals(0, outer.await(NOT_AT_ALL));
      }
      event.signal();
      outer.remove(inner);
      assertEquals(0, outer.await(NOT_AT_ALL));
      assertEquals(1, inner.await(NOT_AT_ALL));
    }
  }

  @Test
  void epollForgetsWhatIsRemovedAndFollowsWhatIsModified() {
    try (Epoll epoll = Epoll.create(); EventFd event = EventFd.create()) {
      epoll.add(event, 0, 1);
      event.signal();
      assertEquals(0, epoll.await(NOT_AT_ALL));

      epoll.modify(event, Epoll.IN | Epoll.OUT, 2);
      assertEquals(1, epoll.await(NOT_AT_ALL));
      assertEquals(2, epoll.token(0));
      assertEquals(Epoll.IN | Epoll.OUT, epoll.events(0));

      epoll.remove(event);
      assertEquals(0, epoll.await(NOT_AT_ALL));
    }
  }

  @Test
  void epollWakesAWaitingThread() throws InterruptedException {
    try (Epoll epoll = Epoll.create(); EventFd event = EventFd.create()) {
      epoll.add(event, Epoll.IN, 3);
      int[] ready = new int[1];
      Thread waiter = new Thread(() -> {
        ready[0] = epoll.await(FOREVER);
      });
      waiter.start();

      event.signal();
      waiter.join();

      assertEquals(1, ready[0]);
    }
  }

  @Test
  void moreThanABatchIsSeenInTurns() {
    EventFd[] events = new EventFd[100];
    try (Epoll epoll = Epoll.create()) {
      for (int i = 0; i < events.length; i++) {
        events[i] = EventFd.create();
        events[i].signal();
        epoll.add(events[i], Epoll.IN, i);
      }
      int seen = 0;
      for (int ready = epoll.await(NOT_AT_ALL); ready > 0; ready = epoll.await(NOT_AT_ALL)) {
        for (int i = 0; i < ready; i++) {
          seen += (int) events[epoll.token(i)].drain();
        }
      }
      assertEquals(events.length, seen);
    } finally {
      for (EventFd event : events) {
        event.close();
      }
    }
  }

  @Test
  void aFileCannotBeWaitedFor(@TempDir Path directory) {
    try (Epoll epoll = Epoll.create(); HostStream file = HostStream.createFile(directory.resolve("log"), false)) {
      HostError error = assertThrows(HostError.class, () -> epoll.add(file, Epoll.OUT, 0));

      assertEquals(Errno.EPERM, error.errno());
    }
  }

  @Test
  void aTimerExpiresOnceThenPeriodically() {
    try (Epoll epoll = Epoll.create(); TimerFd timer = TimerFd.create()) {
      epoll.add(timer, Epoll.IN, 0);
      assertEquals(0, timer.drain());

      long start = System.nanoTime();
      timer.arm(5_000_000, 1_000_000);
      assertEquals(1, epoll.await(FOREVER));
      assertTrue(System.nanoTime() - start >= 5_000_000);
      long expiries = timer.drain();
      assertTrue(expiries >= 1, expiries + " expiries");
      assertEquals(1, epoll.await(FOREVER));

      timer.disarm();
      assertEquals(0, timer.drain());
      assertEquals(0, epoll.await(10));
    }
  }

  @Test
  void aTimerTakesOnlyTimesAhead() {
    try (TimerFd timer = TimerFd.create()) {
      assertThrows(IllegalArgumentException.class, () -> timer.arm(0, 0));
      assertThrows(IllegalArgumentException.class, () -> timer.arm(1, -1));
    }
  }

  @Test
  void whatIsClosedFailsWithoutTouchingWhoGotItsNumber() {
    EventFd closed = EventFd.create();
    closed.close();
    try (EventFd next = EventFd.create()) { // takes the number that has become free
      closed.close();
      assertFalse(closed.isOpen());
      assertThrows(IllegalStateException.class, closed::signal);
      assertEquals(0, next.drain());
    }
    Epoll epoll = Epoll.create();
    epoll.close();
    epoll.close();
    assertThrows(IllegalStateException.class, () -> epoll.await(NOT_AT_ALL));
  }

  @Test
  void signalsAndWaitsAllocateNothing() {
    try (Epoll epoll = Epoll.create(); EventFd event = EventFd.create()) {
      epoll.add(event, Epoll.IN, 0);
      assertEquals(0, Allocation.least(() -> {
        event.signal();
        epoll.await(FOREVER);
        event.drain();
      }));
    }
  }
}
