package org.ballastvm.virtio.pci;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.pci.PciFunction.Doorbell;
import org.ballastvm.virtio.VirtioDevice;

/** The notification registers of a device. Virtio 1.3, 4.1.4.4. */
final class Doorbells {
  private Doorbells() {}

  /** A place for each doorbell, a multiplier apart. */
  static List<Doorbell> of(VirtioDevice device, int bar, int offset, int multiplier) {
    List<Doorbell> doorbells = new ArrayList<>();
    for (int queue = 0; queue < device.queueCount(); queue++) {
      if (device.doorbell(queue) == doorbells.size()) {
        doorbells.add(new Doorbell(doorbells.size(), bar, offset + (long) doorbells.size() * multiplier));
      }
    }
    return doorbells;
  }
}
