package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Resets that come faster than any kernel boots wait longer and longer; others never. */
class RebootPaceTest {
  private long now = -5; // System.nanoTime may begin anywhere.
  private final RebootPace pace = new RebootPace(now);

  private long resetAfter(long milliseconds) {
    now += TimeUnit.MILLISECONDS.toNanos(milliseconds);
    long wait = pace.asked(now);
    now += wait;
    pace.started(now);
    return TimeUnit.NANOSECONDS.toMillis(wait);
  }

  @Test
  void aGuestThatFaultsAtItsFirstInstructionIsSlowedDown() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      waits.add(resetAfter(1));
    }
    assertEquals(List.of(0L, 0L, 0L, 100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L), waits);
    for (int i = 0; i < 100; i++) {
      assertEquals(5000, resetAfter(1));
    }
  }

  @Test
  void aGuestThatBootsAndRebootsWaitsForNothing() {
    for (int i = 0; i < 100; i++) {
      assertEquals(0, resetAfter(250));
    }
  }

  @Test
  void oneThatBootsAfterAllStartsAnew() {
    for (int i = 0; i < 9; i++) {
      resetAfter(1);
    }
    assertEquals(9, pace.quick());
    assertEquals(0, resetAfter(1000));
    assertEquals(0, resetAfter(1));
  }
}
