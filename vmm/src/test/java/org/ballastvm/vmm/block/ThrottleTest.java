package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final long SECOND = 1_000_000_000L;

  /** How many requests of a length get in within a time, by a clock that goes in steps as it is told to wait. */
  private static int letIn(Throttle throttle, long lengthBytes, long nanos) {
    int count = 0;
    for (long now = 0; now < nanos;) {
      long wait = throttle.waitNanos(now);
      if (wait == 0) {
        throttle.letIn(lengthBytes);
        count++;
      } else {
        now += wait;
      }
    }
    return count;
  }

  @Test
  void requestsAreLetInAtTheirRate() {
    int count = letIn(new Throttle(0, 100, 0), 4096, 10 * SECOND);
    assertTrue(count >= 1000 && count <= 1020, () -> "" + count);
  }

  @Test
  void bytesAreLetInAtTheirRate() {
    int count = letIn(new Throttle(10 << 20, 0, 0), 1 << 20, 10 * SECOND);
    assertTrue(count >= 100 && count <= 103, () -> "" + count);
  }

  @Test
  void theStricterLimitCounts() {
    int count = letIn(new Throttle(1 << 20, 1000, 0), 4096, 10 * SECOND);
    assertTrue(count >= 2560 && count <= 2600, () -> "" + count);
  }

  @Test
  void aRequestThatIsLargerThanABurstGetsIn() { assertEquals(0, new Throttle(1000, 0, 0).waitNanos(0)); }

  @Test
  void withoutALimitNothingWaits() {
    Throttle throttle = new Throttle(0, 0, 0);
    assertFalse(throttle.limits());
    throttle.letIn(Long.MAX_VALUE);
    assertEquals(0, throttle.waitNanos(1));
  }
}
