package org.ballastvm.vmm.vhost;

import java.util.List;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryRegion;

/** Guest memory as devices of the kernel's vhost are given it: all of them the same. */
final class VhostTable {
  private final String what;
  private final List<Vhost> devices;
  private final int most;
  private List<Vhost.Region> now = List.of();

  /**
   * No memory yet.
   *
   * @param what whose it is, for errors
   * @param devices get it
   * @param most how many regions each takes
   */
  VhostTable(String what, List<Vhost> devices, int most) {
    this.what = what;
    this.devices = List.copyOf(devices);
    this.most = most;
  }

  /**
   * Gives the devices memory.
   *
   * @throws UserError if it is in more regions than they take; they have what they had
   * @throws HostError if the host refuses; the same
   */
  void set(List<MemoryRegion> regions) {
    if (regions.size() > most) {
      throw new UserError(what + ": guest memory in " + regions.size() + " regions; this host's vhost takes " + most
          + ", which the module's parameter max_mem_regions says");
    }
    List<Vhost.Region> next = regions.stream()
        .map(region -> new Vhost.Region(region.base(), region.sizeBytes(), region.mapping(), region.offsetBytes()))
        .toList();
    for (int i = 0; i < devices.size(); i++) {
      try {
        devices.get(i).memory(next);
      } catch (HostError e) {
        putBack(i);
        throw e;
      }
    }
    now = next;
  }

  /** So that all have the same. Of memory that goes nothing has gone yet. */
  private void putBack(int count) {
    for (Vhost device : devices.subList(0, count)) {
      device.memory(now);
    }
  }
}
