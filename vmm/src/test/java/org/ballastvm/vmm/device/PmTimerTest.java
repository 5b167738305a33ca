package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PmTimerTest {
  private long nanos = Long.MAX_VALUE - 5;
  private final PmTimer timer = new PmTimer(() -> nanos);

  @Test
  void itCountsFromTheStartAndWrapsAfter24Bits() {
    assertEquals(0, timer.read(0, 4));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertEquals(3_579_545, timer.read(0, 4));
    nanos += TimeUnit.DAYS.toNanos(400);
    assertEquals((400L * 86_400 + 1) * 3_579_545 & 0xff_ffff, timer.read(0, 4), "no product is lost on the way");
    timer.write(0, 4, 0);
    assertEquals((timer.read(0, 4) >>> 8), timer.read(1, 1), "its second byte");
  }
}
