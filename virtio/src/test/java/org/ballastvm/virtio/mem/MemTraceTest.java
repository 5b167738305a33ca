package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.virtio.driver.MemDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device remembers of the last request of the host. */
class MemTraceTest {
  private static final long BLOCK = 2L << 20;
  private static final long BASE = 0x1_4000_0000L;
  private static final long SECOND = 1_000_000_000L;

  private final MemDriver guest = new MemDriver(
      new MemConfig(BASE, 64 * BLOCK, BLOCK, 0, true, MemConfig.Inaccessible.AUTO, 0));

  @BeforeEach
  void plugFour() {
    guest.start();
    guest.bench.device.request(4 * BLOCK);
    guest.ask(MemDriver.PLUG, BASE, 4);
  }

  private MemTrace trace() { return guest.bench.device.trace(); }

  @Test
  void aRequestIsOpenUntilTheGuestIsThere() {
    guest.bench.device.request(8 * BLOCK);
    assertTrue(trace().isOpen() && trace().isGrowing() && !trace().noticed());
    guest.nanos = 3 * SECOND;
    assertEquals(8 * BLOCK, guest.register(48));
    guest.ask(MemDriver.PLUG, BASE + 4 * BLOCK, 1);
    guest.nanos = 5 * SECOND;
    assertEquals(new MemTrace(8 * BLOCK, 5 * BLOCK, 4 * BLOCK, 5 * SECOND, true, new MemTrace.Answers(1, 0, 0, 0),
        "PLUG ACK", 2 * SECOND, 2 * SECOND, 0), trace());
    assertEquals(3 * BLOCK, trace().leftBytes());
    assertEquals(BLOCK, trace().doneBytes());
    guest.ask(MemDriver.PLUG, BASE + 5 * BLOCK, 3);
    guest.nanos = 9 * SECOND;
    assertFalse(trace().isOpen());
    assertEquals(5 * SECOND, trace().ageNanos());
  }

  @Test
  void everyAnswerIsCounted() {
    guest.bench.device.request(5 * BLOCK);
    guest.ask(MemDriver.STATE, BASE, 8);
    guest.ask(MemDriver.PLUG, BASE + 4 * BLOCK, 2);
    guest.ask(MemDriver.PLUG, BASE, 1);
    guest.ask(9, BASE, 1);
    guest.host.refuse("there is nothing");
    guest.ask(MemDriver.UNPLUG, BASE, 1);
    assertEquals(new MemTrace.Answers(1, 1, 1, 2), trace().answers());
    assertEquals("UNPLUG BUSY", trace().last());
    assertEquals(0, trace().doneBytes());
  }

  @Test
  void whatIsPluggedAndGivenBackAtOnceIsNoProgress() {
    guest.bench.device.request(8 * BLOCK);
    guest.ask(MemDriver.PLUG, BASE + 4 * BLOCK, 2);
    guest.ask(MemDriver.UNPLUG, BASE + 4 * BLOCK, 2);
    assertEquals(2 * BLOCK, trace().returnedBytes());
    assertEquals(0, trace().doneBytes());
  }

  @Test
  void whatWasOnItsWayOutAndWhatADriverStartsAnewWithoutIsNotGivenBackAtOnce() {
    guest.bench.device.request(8 * BLOCK);
    guest.ask(MemDriver.UNPLUG, BASE, 1);
    assertEquals(0, trace().returnedBytes());
    guest.ask(MemDriver.PLUG, BASE, 1);
    guest.ask(MemDriver.UNPLUG_ALL, 0, 0);
    assertEquals(0, trace().returnedBytes());
  }

  @Test
  void aGuestThatLeavesWhatItReachedHasARequestAgain() {
    guest.nanos = SECOND;
    guest.ask(MemDriver.UNPLUG_ALL, 0, 0);
    guest.nanos = 2 * SECOND;
    assertEquals(SECOND, trace().ageNanos());
    assertEquals("UNPLUG_ALL ACK", trace().last());
    assertEquals(0, trace().startBytes());
  }

  @Test
  void aResetOfTheMachineBeginsAnew() {
    guest.nanos = SECOND;
    guest.bench.function.reset();
    assertTrue(trace().isOpen() && !trace().noticed());
    assertEquals(0, trace().ageNanos() + trace().answers().total());
    assertEquals("", trace().last());
  }
}
