package org.ballastvm.vmm.device;

import java.util.function.Consumer;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.BusDevice;

/** Port 0xcf9, by which a guest resets its machine. Its user's lock guards it: the port lies within the PCI bus's. */
public final class ResetControl implements BusDevice {
  /**
   * What a guest has made of it.
   *
   * @param value the register, less the bit that resets
   */
  public record State(int value) {}

  /** Nothing was written. */
  public static final State POWER_ON = new State(0);

  private final Consumer<String> resetAsked;
  private int value;

  /**
   * A register that was not written.
   *
   * @param resetAsked is given the reason, for people, on the vCPU thread that asked
   */
  public ResetControl(Consumer<String> resetAsked) { this.resetAsked = resetAsked; }

  /** {@return what the guest has made of it} */
  public State state() { return new State(value); }

  /**
   * Makes it what it was.
   *
   * @param state of this register or another
   */
  public void restore(State state) { value = state.value(); }

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
