package org.ballastvm.vmm.device;

import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;

/**
 * The registers behind the ACPI tables: sleep control, sleep status, and the event selector of the generic event device
 * (ACPI 6.5, 4.8.3.7 and 5.6.9). The layout is {@link AcpiPorts}'s.
 */
public final class PowerDevice implements BusDevice {
  /**
   * Of what the guest is to be notified.
   *
   * @param pendingEvents {@link AcpiPorts} bits of events that were announced and not read
   */
  public record State(int pendingEvents) {}

  /** Nothing. */
  public static final State POWER_ON = new State(0);

  private final IrqLine eventLine;
  private final Runnable powerOff;
  private int pendingEvents;

  /**
   * A device with no event pending.
   *
   * @param eventLine the line that announces events, edge-triggered
   * @param powerOff runs when the guest asks for soft off, on the vCPU thread that asked
   */
  public PowerDevice(IrqLine eventLine, Runnable powerOff) {
    this.eventLine = eventLine;
    this.powerOff = powerOff;
  }

  /**
   * Announces events to the guest; those announced before and not yet read stay pending.
   *
   * @param events {@link AcpiPorts} bits
   */
  public void announce(int events) {
    synchronized (this) {
      pendingEvents |= events;
    }
    eventLine.set(true);
    eventLine.set(false);
  }

  /** Forgets pending events. */
  public synchronized void reset() { restore(POWER_ON); }

  /** {@return of what the guest is to be notified} */
  public synchronized State state() {
    return new State(pendingEvents);
  }

  /**
   * Makes it what it was. Its line is an edge, which the interrupt controller keeps.
   *
   * @param state of this device or another
   */
  public synchronized void restore(State state) { pendingEvents = state.pendingEvents(); }

  @Override
  public long read(long offset, int sizeBytes) {
    if (offset == AcpiPorts.GED_SELECTOR - AcpiPorts.BLOCK_BASE && sizeBytes == AcpiPorts.GED_SELECTOR_BYTES) {
      synchronized (this) {
        int events = pendingEvents;
        pendingEvents = 0;
        return events;
      }
    }
    return 0;
  }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    if (offset == AcpiPorts.SLEEP_CONTROL - AcpiPorts.BLOCK_BASE && AcpiPorts.isSoftOff((int) value)) {
      powerOff.run();
    }
  }
}
