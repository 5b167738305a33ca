package org.ballastvm.vmm.device;

import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciIdentity;

/** pvpanic on PCI: its port is the first byte of BAR 0. QEMU's docs/specs/pvpanic has the layout. */
public final class PanicFunction extends PciFunction {
  private static final PciIdentity IDENTITY = new PciIdentity(0x1b36, 0x0011, 1, 0x088000, 0x1af4, 0x1100);
  private static final int BAR = 0;
  private static final int BAR_BYTES = 4096;

  private final PanicDevice port;

  /**
   * A function.
   *
   * @param listener is called for a panic
   */
  public PanicFunction(PanicDevice.Listener listener) {
    super(IDENTITY);
    port = new PanicDevice(listener);
    declareBar(BAR, BAR_BYTES);
  }

  @Override
  protected long readRegister(int bar, long offset, int width) { return offset == 0 ? port.read(offset, width) : 0; }

  @Override
  protected void writeRegister(int bar, long offset, int width, long value) {
    if (offset == 0) {
      port.write(offset, width, value);
    }
  }
}
