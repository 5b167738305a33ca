package org.ballastvm.vmm.machine;

import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.device.SerialPort;

/**
 * Wakes a guest from suspend-to-idle, if it has armed the serial port to do so. Nothing else here can: Linux arms neither
 * the generic event device nor the clock on a machine without fixed ACPI hardware. One that is awake finds nothing to do.
 */
final class WakeLine {
  private final IrqLine line;

  WakeLine(KvmBoard board) { this.line = board.line(SerialPort.COM1_IRQ); }

  void pulse() {
    line.set(true);
    line.set(false);
  }
}
