package org.ballastvm.vmm.device;

import org.ballastvm.vmm.bus.IrqLine;

/**
 * What a serial port interrupts its driver for, the most urgent first. Source: PC16550D data sheet, table III. The port's lock
 * is held.
 */
final class SerialInterrupts {
  /** Bits of the interrupt enable register. */
  static final int RECEIVED = 0x01;
  static final int TRANSMIT_EMPTY = 0x02;
  static final int LINE_STATUS = 0x04;

  private static final int ID_NONE = 0x01;
  private static final int ID_TRANSMIT_EMPTY = 0x02;
  private static final int ID_RECEIVED = 0x04;
  private static final int ID_LINE_STATUS = 0x06;
  private static final int ID_TIMEOUT = 0x0c;

  /**
   * What the guest has made of them.
   *
   * @param enabled the interrupt enable register
   * @param triggerLevel how many bytes of input are an interrupt of their own
   * @param transmitEmptyPending whether the driver is to be asked for more output
   */
  record State(int enabled, int triggerLevel, boolean transmitEmptyPending) {}

  /** All are off. */
  static final State POWER_ON = new State(0, 1, false);

  private final IrqLine irq;
  private final SerialInput input;
  private int enabled;
  private int triggerLevel;
  private boolean transmitEmptyPending;
  private boolean high;

  SerialInterrupts(IrqLine irq, SerialInput input) {
    this.irq = irq;
    this.input = input;
  }

  State state() { return new State(enabled, triggerLevel, transmitEmptyPending); }

  /** Makes them what they were, but for the line, which follows by {@link #update}. */
  void restore(State state) {
    enabled = state.enabled();
    triggerLevel = state.triggerLevel();
    transmitEmptyPending = state.transmitEmptyPending();
  }

  int enabled() { return enabled; }

  void enable(int bits) { enabled = bits; }

  boolean isEnabled(int bit) { return (enabled & bit) != 0; }

  void triggerAt(int bytes) { triggerLevel = bytes; }

  /** Whether the driver is to be asked for more output. */
  void askForOutput(boolean pending) {
    transmitEmptyPending = pending;
  }

  /** Whether the guest has an interrupt before it that asks for more output. */
  boolean asksForOutput() {
    return transmitEmptyPending && isEnabled(TRANSMIT_EMPTY);
  }

  /** The interrupt identification register, but for its FIFO bits. */
  int id() {
    if (isEnabled(LINE_STATUS) && (input.isOverrun() || input.isBreakNext())) {
      return ID_LINE_STATUS;
    }
    if (isEnabled(RECEIVED) && input.count() > 0) {
      // Below the trigger level the hardware waits for four character times before it says so; here time has passed.
      return input.count() >= triggerLevel ? ID_RECEIVED : ID_TIMEOUT;
    }
    return asksForOutput() ? ID_TRANSMIT_EMPTY : ID_NONE;
  }

  /** Whether reading an id ends what it says. */
  static boolean endsByRead(int id) { return id == ID_TRANSMIT_EMPTY; }

  /** Drives the line as there is something to say, or not. */
  void update() {
    boolean now = id() != ID_NONE;
    if (now != high) {
      high = now;
      irq.set(now);
    }
  }
}
