package org.ballastvm.vmm.device;

import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciIdentity;

/**
 * The watchdog of an Intel 6300ESB: two timers, one after the other. A guest that has started it must start it again before
 * both are over. Its interrupt after the first is not wired. Source: Intel 6300ESB I/O Controller Hub datasheet, 16 (WDT);
 * drivers/watchdog/i6300esb.c.
 */
public final class WatchdogFunction extends PciFunction {
  /** What counts, while the machine runs. */
  public interface Timer {
    /**
     * Has {@link WatchdogFunction#expired} called once, and not what was started before.
     *
     * @param nanos from now, above zero
     */
    void start(long nanos);

    /** Has it not called. */
    void stop();
  }

  /** A timer is never shorter than this, however short a guest has it: the host's processor is not its own. */
  static final long LEAST_NANOS = 1_000_000;

  private static final PciIdentity IDENTITY = new PciIdentity(0x8086, 0x25ab, 0, 0x088000, 0x1af4, 0x1100);
  private static final int BAR = 0;
  private static final int BAR_BYTES = 16;

  private static final int CONFIG = 0x60;
  private static final int CONFIG_INTERRUPT = 0x3;
  private static final int CONFIG_FAST = 0x4;
  private static final int CONFIG_NO_REBOOT = 0x20;
  private static final int LOCK = 0x68;
  private static final int LOCK_LOCKED = 0x1;
  private static final int LOCK_ENABLED = 0x2;
  private static final int LOCK_FREE_RUN = 0x4;

  private static final int TIMER_1 = 0x0;
  private static final int TIMER_2 = 0x4;
  private static final int RELOAD = 0xc;
  private static final int RELOAD_NOW = 0x100;
  private static final int RELOAD_TIMED_OUT = 0x200;
  private static final int FIRST_KEY = 0x80;
  private static final int SECOND_KEY = 0x86;
  private static final int PRELOAD_MASK = 0xf_ffff;
  private static final int SLOW_SHIFT = 15;
  private static final int FAST_SHIFT = 5;
  private static final int PCI_MHZ = 33;

  /** How far the guest is with the two words that open the next write. */
  public enum Door {
    /** Neither was written. */
    SHUT,
    /** The first was. */
    HALF,
    /** Both were. */
    OPEN
  }

  /**
   * What a guest has made of it.
   *
   * @param control the register at 0x60
   * @param lock the register at 0x68
   * @param preload1 ticks of the first timer
   * @param preload2 ticks of the second
   * @param second whether the second runs
   * @param timedOut whether it has expired before, which a reset does not change
   * @param door whether the next register can be written
   */
  public record State(int control, int lock, int preload1, int preload2, boolean second, boolean timedOut, Door door)
      implements
        Registers {
    State with(Door next) { return new State(control, lock, preload1, preload2, second, timedOut, next); }

    State withLock(int next) { return new State(control, next, preload1, preload2, second, timedOut, door); }

    State withStage(boolean isSecond) { return new State(control, lock, preload1, preload2, isSecond, timedOut, door); }

    State withTimedOut(boolean next) { return new State(control, lock, preload1, preload2, second, next, door); }
  }

  /** Off. */
  public static final State POWER_ON = new State(0, 0, PRELOAD_MASK, PRELOAD_MASK, false, false, Door.SHUT);

  private final Timer timer;
  private final Runnable action;
  private State state = POWER_ON;

  /**
   * A watchdog that is off.
   *
   * @param timer what counts
   * @param action runs on the event loop when it has expired
   */
  public WatchdogFunction(Timer timer, Runnable action) {
    super(IDENTITY);
    this.timer = timer;
    this.action = action;
    declareBar(BAR, BAR_BYTES);
  }

  @Override
  public synchronized int configRead(int offset, int width) {
    if (offset == CONFIG && width == 2) {
      return state.control();
    }
    return offset == LOCK && width == 1 ? state.lock() : super.configRead(offset, width);
  }

  @Override
  public synchronized void configWrite(int offset, int width, int value) {
    if (offset == CONFIG && width == 2) {
      int kept = value & (CONFIG_INTERRUPT | CONFIG_FAST | CONFIG_NO_REBOOT);
      state = new State(kept, state.lock(), state.preload1(), state.preload2(), state.second(), state.timedOut(),
          state.door());
    } else if (offset == LOCK && width == 1) {
      lock(value & (LOCK_LOCKED | LOCK_ENABLED | LOCK_FREE_RUN));
    } else {
      super.configWrite(offset, width, value);
    }
  }

  /** One that is locked stays what it is until a reset. */
  private void lock(int next) {
    if ((state.lock() & LOCK_LOCKED) != 0) {
      return;
    }
    boolean wasEnabled = isEnabled();
    state = state.withLock(next);
    if (!isEnabled()) {
      timer.stop();
    } else if (!wasEnabled) {
      start(false);
    }
  }

  private boolean isEnabled() { return (state.lock() & LOCK_ENABLED) != 0; }

  private void start(boolean second) {
    if (isEnabled()) {
      state = state.withStage(second);
      timer.start(nanos(second ? state.preload2() : state.preload1()));
    }
  }

  private long nanos(int preload) {
    long ticks = (long) preload << ((state.control() & CONFIG_FAST) != 0 ? FAST_SHIFT : SLOW_SHIFT);
    return Math.max(LEAST_NANOS, ticks * 1000 / PCI_MHZ);
  }

  @Override
  protected long readRegister(int bar, long offset, int width) {
    return offset == RELOAD && state.timedOut() ? RELOAD_TIMED_OUT : 0;
  }

  @Override
  protected void writeRegister(int bar, long offset, int width, long value) {
    int written = (int) value;
    if (offset == RELOAD && written == FIRST_KEY) {
      state = state.with(Door.HALF);
    } else if (offset == RELOAD && written == SECOND_KEY && state.door() == Door.HALF) {
      state = state.with(Door.OPEN);
    } else if (state.door() == Door.OPEN) {
      state = state.with(Door.SHUT);
      writeBehindDoor((int) offset, width, written);
    }
  }

  private void writeBehindDoor(int offset, int width, int value) {
    if (offset == RELOAD && width == 2) {
      if ((value & RELOAD_NOW) != 0) {
        start(false);
      }
      if ((value & RELOAD_TIMED_OUT) != 0) {
        state = state.withTimedOut(false);
      }
    } else if (offset == TIMER_1 && width == 4) {
      preload(value & PRELOAD_MASK, state.preload2());
    } else if (offset == TIMER_2 && width == 4) {
      preload(state.preload1(), value & PRELOAD_MASK);
    }
  }

  private void preload(int first, int second) {
    state = new State(state.control(), state.lock(), first, second, state.second(), state.timedOut(), state.door());
  }

  /** What was started is over. On the event loop. */
  public void expired() {
    if (hasBitten()) {
      action.run();
    }
  }

  private synchronized boolean hasBitten() {
    if (!isEnabled()) {
      return false; // The guest was faster.
    }
    if (!state.second()) {
      start(true);
      return false;
    }
    boolean bites = (state.control() & CONFIG_NO_REBOOT) == 0;
    if (bites) {
      state = POWER_ON.withTimedOut(true);
    } else if ((state.lock() & LOCK_FREE_RUN) != 0) {
      start(false);
    }
    return bites;
  }

  @Override
  protected Registers registers() { return state; }

  /** Its timer begins anew: how far it was is not known. */
  @Override
  protected void restoreRegisters(Registers saved) {
    state = (State) saved;
    timer.stop();
    start(state.second());
  }

  @Override
  protected void forgetGuest() {
    super.forgetGuest();
    state = POWER_ON.withTimedOut(state.timedOut());
    timer.stop();
  }
}
