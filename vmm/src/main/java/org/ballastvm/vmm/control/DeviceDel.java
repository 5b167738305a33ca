package org.ballastvm.vmm.control;

import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.wire.Member;

/** {@code device_del} */
public final class DeviceDel implements QmpCommand<DeviceDel.Id, QmpCommand.Done> {
  /** A device. */
  public record Id(@Member("its id, or its path in the object tree") String id) {}

  @Override
  public String name() { return "device_del"; }

  @Override
  public String help() { return "Asks the guest to let a device go. DEVICE_DELETED follows when it has."; }

  @Override
  public Done run(Machine vm, Id which) {
    delete(vm, which.id());
    return Done.DONE;
  }

  /**
   * Asks the guest to let a device go.
   *
   * @param vm the machine
   * @param device its id, or its path in the object tree
   * @throws UserError if there is none, it cannot go, or the guest was asked a short while ago
   */
  public static void delete(Machine vm, String device) {
    boolean stays = device.startsWith("/")
        && vm.devices().all().stream().noneMatch(plugged -> plugged.path().equals(device));
    if (stays) {
      QomNode.Place place = MachineTree.of(vm).resolve(device);
      throw new UserError(place.node().type().equals(MachineTree.CPU_TYPE)
          ? "Device '" + MachineTree.CPU_TYPE + "' does not support hotplugging"
          : place.path() + " is not a hotpluggable device");
    }
    vm.devices().requestUnplug(device);
  }
}
