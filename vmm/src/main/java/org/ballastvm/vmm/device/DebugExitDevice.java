package org.ballastvm.vmm.device;

import java.util.function.IntConsumer;
import org.ballastvm.vmm.bus.BusDevice;

/** isa-debug-exit: a port by which a guest ends the machine with an exit status. QEMU's hw/misc/debugexit.c. */
public final class DebugExitDevice implements BusDevice {
  private final IntConsumer exit;

  /**
   * A device.
   *
   * @param exit is given the exit status, odd and from 1 to 255, on the vCPU's thread
   */
  public DebugExitDevice(IntConsumer exit) { this.exit = exit; }

  @Override
  public long read(long offset, int sizeBytes) { return 0xff; }

  @Override
  public void write(long offset, int sizeBytes, long value) { exit.accept(((int) value << 1 | 1) & 0xff); }
}
