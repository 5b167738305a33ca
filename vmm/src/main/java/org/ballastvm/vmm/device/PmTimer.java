package org.ballastvm.vmm.device;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.BusDevice;

/**
 * The PM timer (ACPI 6.5, 4.8.3.3): a counter that a guest without KVM's clock measures its processor by. The layout is
 * {@link AcpiPorts}'s.
 */
public final class PmTimer implements BusDevice {
  private static final int COUNTER_MASK = 0xff_ffff;
  private static final long NANOS_IN_SECOND = TimeUnit.SECONDS.toNanos(1);

  /**
   * How far the timer is.
   *
   * @param nanos how long it has counted
   */
  public record State(long nanos) {}

  /** It has not counted yet. */
  public static final State POWER_ON = new State(0);

  private final LongSupplier nanoTime;
  private volatile long startNanos;

  /**
   * A timer that counts from 0.
   *
   * @param nanoTime a clock that never goes back, in nanoseconds
   */
  public PmTimer(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    restore(POWER_ON);
  }

  /** {@return how far it is} */
  public State state() { return new State(nanoTime.getAsLong() - startNanos); }

  /**
   * Goes on from where it was.
   *
   * @param state of this timer or another
   */
  public void restore(State state) { startNanos = nanoTime.getAsLong() - state.nanos(); }

  @Override
  public long read(long offset, int sizeBytes) {
    long nanos = nanoTime.getAsLong() - startNanos;
    // In two parts: the product of all of it would not fit after three quarters of an hour.
    long ticks = nanos / NANOS_IN_SECOND * AcpiPorts.PM_TIMER_HZ
        + nanos % NANOS_IN_SECOND * AcpiPorts.PM_TIMER_HZ / NANOS_IN_SECOND;
    return (ticks & COUNTER_MASK) >>> offset * Byte.SIZE;
  }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    // Read-only.
  }
}
