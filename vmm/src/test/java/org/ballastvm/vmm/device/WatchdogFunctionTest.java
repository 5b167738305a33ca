package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ballastvm.vmm.device.WatchdogFunction.State;
import org.junit.jupiter.api.Test;

/** The watchdog, driven as drivers/watchdog/i6300esb.c does. */
class WatchdogFunctionTest {
  private static final long OFF = -1;

  private long due = OFF;
  private int bites;
  private final WatchdogFunction function = new WatchdogFunction(new WatchdogFunction.Timer() {
    @Override
    public void start(long nanos) { due = nanos; }

    @Override
    public void stop() { due = OFF; }
  }, () -> bites++);

  private void open() {
    function.barWrite(0, 0xc, 2, 0x80);
    function.barWrite(0, 0xc, 2, 0x86);
  }

  private void set(int register, int ticks) {
    open();
    function.barWrite(0, register, 4, ticks);
  }

  private void reload(int bits) {
    open();
    function.barWrite(0, 0xc, 2, bits);
  }

  /** Ticks are of 32,768 clocks of 33 MHz. */
  private static long nanos(long ticks) { return ticks * 32_768_000 / 33; }

  private void expire() {
    due = OFF;
    function.expired();
  }

  private void startWith(int first, int second) {
    function.configWrite(0x60, 2, 3);
    set(0, first);
    set(4, second);
    reload(0x300);
    function.configWrite(0x68, 1, 2);
  }

  @Test
  void aDriverFindsItAndItIsOff() {
    assertEquals(0x25ab_8086, function.configRead(0, 4));
    assertEquals(0, function.configRead(0x68, 1));
    assertEquals(0, function.barRead(0, 0xc, 2));
    function.expired();
    assertEquals(0, bites);
  }

  @Test
  void itBitesAfterBothTimers() {
    startWith(1000, 2000);
    assertEquals(nanos(1000), due);
    expire();
    assertEquals(0, bites);
    assertEquals(nanos(2000), due);
    expire();
    assertEquals(1, bites);
    assertEquals(OFF, due);
    assertEquals(0x200, function.barRead(0, 0xc, 2));
  }

  @Test
  void aGuestThatStartsItAgainIsLeftAlone() {
    startWith(1000, 2000);
    expire();
    reload(0x100);
    assertEquals(nanos(1000), due);
    expire();
    reload(0x100);
    assertEquals(0, bites);
    function.configWrite(0x68, 1, 0);
    assertEquals(OFF, due);
  }

  @Test
  void aRegisterIsWrittenBehindBothWordsAlone() {
    set(0, 5);
    function.barWrite(0, 0, 4, 6);
    function.barWrite(0, 0xc, 2, 0x86);
    function.barWrite(0, 0, 4, 7);
    function.barWrite(0, 0xc, 2, 0x80);
    function.barWrite(0, 0, 4, 8);
    assertEquals(5, ((State) function.state().registers()).preload1());
    set(0, -1);
    assertEquals(0xf_ffff, ((State) function.state().registers()).preload1());
  }

  @Test
  void oneThatIsLockedIsOnUntilAReset() {
    startWith(1000, 2000);
    function.configWrite(0x68, 1, 3);
    function.configWrite(0x68, 1, 0);
    assertEquals(3, function.configRead(0x68, 1));
    function.reset();
    assertEquals(OFF, due);
    assertEquals(WatchdogFunction.POWER_ON, function.state().registers());
  }

  @Test
  void thatItHasBittenOutlivesAResetUntilTheGuestTakesNote() {
    startWith(1, 1);
    expire();
    expire();
    function.reset();
    assertEquals(0x200, function.barRead(0, 0xc, 2));
    reload(0x200);
    assertEquals(0, function.barRead(0, 0xc, 2));
  }

  @Test
  void oneThatMayNotRebootRunsFreely() {
    startWith(1000, 2000);
    function.configWrite(0x60, 2, 0x20);
    function.configWrite(0x68, 1, 6);
    expire();
    expire();
    assertEquals(0, bites);
    assertEquals(nanos(1000), due);
  }

  @Test
  void aTimerIsNeverShorterThanAMillisecond() {
    function.configWrite(0x60, 2, 4);
    startWith(0, 0);
    function.configWrite(0x60, 2, 4);
    reload(0x100);
    assertEquals(WatchdogFunction.LEAST_NANOS, due);
  }

  @Test
  void noGuestBreaksIt() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] values = {0x80, 0x86, 0x100, 0x200, 0x300, 0, -1, 2, 6};
    for (int i = 0; i < 50_000; i++) {
      int value = values[random.nextInt(values.length)];
      switch (random.nextInt(4)) {
        case 0 -> function.configWrite(0x60 + random.nextInt(9), 1 + random.nextInt(2), value & ~1);
        case 1 -> function.expired();
        default -> function.barWrite(0, random.nextInt(16), 1 << random.nextInt(3), value);
      }
      assertTrue(due == OFF || due >= WatchdogFunction.LEAST_NANOS && due <= 0xf_ffffL * 1_000_000, "seed " + seed);
    }
  }

  @Test
  void itsStateGoesToAnotherWhoseTimerBegins() {
    startWith(1000, 2000);
    expire();
    var state = function.state();
    function.reset();
    function.restore(state);
    assertEquals(nanos(2000), due);
    assertEquals(state, function.state());
  }
}
