package org.ballastvm.vmm.pci;

import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciIdentity;

/** Slot 0: the bridge from the processors to the bus, which does nothing but say that there is one. */
public final class HostBridge extends PciFunction {
  /** Red Hat's generic host bridge, for which guests have no quirks. */
  private static final PciIdentity IDENTITY = new PciIdentity(0x1b36, 0x0008, 0, 0x060000, 0x1af4, 0x1100);

  /** A bridge. */
  public HostBridge() { super(IDENTITY); }
}
