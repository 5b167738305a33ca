package org.ballastvm.vmm.pci;

import java.util.List;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciIdentity;

/** Slot 0: the bridge from the processors to the bus, which does nothing but say that there is one. */
public final class HostBridge extends PciFunction {
  /** Red Hat's generic host bridge, for which guests have no quirks. */
  private static final PciIdentity IDENTITY = new PciIdentity(0x1b36, 0x0008, 0, 0x060000, 0x1af4, 0x1100);

  /** A bridge. */
  public HostBridge() { super(IDENTITY); }

  @Override
  public long barRead(int bar, long offset, int width) { return -1L; }

  @Override
  public void barWrite(int bar, long offset, int width, long value) {
    // It has no BAR.
  }

  @Override
  public Iterable<Doorbell> doorbells() { return List.of(); }

  @Override
  public int vectorCount() { return 0; }

  @Override
  public void doorbell(int index) {
    // It has none.
  }
}
