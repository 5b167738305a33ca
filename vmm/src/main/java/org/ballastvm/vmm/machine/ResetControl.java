package org.ballastvm.vmm.machine;

import java.util.function.Consumer;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.BusDevice;

/** Port 0xcf9, by which a guest resets its machine. */
final class ResetControl implements BusDevice {
  private final Consumer<String> resetAsked;
  private int value;

  /** A register; what it calls is given the reason, for people. */
  ResetControl(Consumer<String> resetAsked) {
    this.resetAsked = resetAsked;
  }

  @Override
  public long read(long offset, int sizeBytes) { return value; }

  @Override
  public void write(long offset, int sizeBytes, long written) {
    value = (int) written & 0xff & ~AcpiPorts.RESET_CPU;
    if (AcpiPorts.isReset((int) written)) {
      resetAsked.accept("reset control register");
    }
  }
}
