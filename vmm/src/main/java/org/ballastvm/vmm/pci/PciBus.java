package org.ballastvm.vmm.pci;

import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.PortMap;
import org.ballastvm.vmm.device.ResetControl;

/**
 * Bus 0, reached through configuration mechanism 1: the address at port 0xcf8, the data at 0xcfc. Source: PCI Local Bus
 * Specification 3.0, 3.2.2.3.2. Each slot holds one function, function 0.
 */
public final class PciBus implements BusDevice {
  /** First port of the mechanism. */
  public static final int BASE = PortMap.PCI_CONFIG;
  /** Its ports. */
  public static final int LENGTH = PortMap.PCI_CONFIG_LENGTH;
  /** Slots of a bus. */
  public static final int SLOTS = 32;

  private static final int DATA = 4;
  private static final int RESET_CONTROL = 1; // port 0xcf9 lies inside the address register, and is a byte
  private static final int ENABLED = 1 << 31;

  /**
   * What a guest has made of the mechanism. What it has made of a function, the function knows.
   *
   * @param address the address register
   * @param resetControl the register within it
   */
  public record State(int address, ResetControl.State resetControl) {}

  /** No function is selected. */
  public static final State POWER_ON = new State(0, ResetControl.POWER_ON);

  private final PciFunction[] functions = new PciFunction[SLOTS];
  private final ResetControl resetControl;
  private int address;

  /**
   * An empty bus.
   *
   * @param resetControl answers byte accesses to port 0xcf9
   */
  public PciBus(ResetControl resetControl) { this.resetControl = resetControl; }

  /**
   * Puts a function into a slot.
   *
   * @param slot 0 to 31, free
   * @param function what
   */
  public synchronized void plug(int slot, PciFunction function) {
    if (functions[slot] != null) {
      throw new IllegalStateException("PCI slot " + slot + " is taken");
    }
    functions[slot] = function;
  }

  /**
   * Takes a function out of its slot: the guest finds nothing there from now on.
   *
   * @param slot 0 to 31
   * @param function what should be there
   * @return false if it was not there any more
   */
  public synchronized boolean unplug(int slot, PciFunction function) {
    boolean there = functions[slot] == function;
    if (there) {
      functions[slot] = null;
    }
    return there;
  }

  /**
   * What a slot holds.
   *
   * @param slot 0 to 31
   * @return its function, or null
   */
  public synchronized PciFunction function(int slot) { return functions[slot]; }

  /** Resets every function. */
  public synchronized void reset() {
    restore(POWER_ON);
    for (PciFunction function : functions) {
      if (function != null) {
        function.reset();
      }
    }
  }

  /** {@return what the guest has made of the mechanism} */
  public synchronized State state() {
    return new State(address, resetControl.state());
  }

  /**
   * Makes the mechanism what it was.
   *
   * @param state of this bus or another
   */
  public synchronized void restore(State state) {
    address = state.address();
    resetControl.restore(state.resetControl());
  }

  @Override
  public synchronized long read(long offset, int sizeBytes) {
    if (offset == RESET_CONTROL && sizeBytes == 1) {
      return resetControl.read(0, 1);
    }
    if (offset < DATA) {
      return offset == 0 && sizeBytes == 4 ? Integer.toUnsignedLong(address) : -1L;
    }
    PciFunction function = selected();
    return function == null ? -1L : function.configRead(register(offset), sizeBytes);
  }

  @Override
  public synchronized void write(long offset, int sizeBytes, long value) {
    if (offset == RESET_CONTROL && sizeBytes == 1) {
      resetControl.write(0, 1, value);
    } else if (offset < DATA) {
      if (offset == 0 && sizeBytes == 4) {
        address = (int) value;
      }
    } else {
      PciFunction function = selected();
      if (function != null) {
        function.configWrite(register(offset), sizeBytes, (int) value);
      }
    }
  }

  private int register(long offset) { return (address & 0xfc) + (int) offset - DATA; }

  private PciFunction selected() {
    boolean busZeroFunctionZero = (address & 0x00ff_0700) == 0;
    return (address & ENABLED) != 0 && busZeroFunctionZero ? functions[address >> 11 & 0x1f] : null;
  }
}
