package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.pci.VirtioState;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.PciDevice;
import org.ballastvm.vmm.machine.Machine;

/** A virtio device of a machine, as those see it who debug its driver. */
record VirtioNode(String path, VirtioPciFunction function) {
  /** Where a virtio device is below its PCI function in the object tree. */
  static final String BACKEND = "/virtio-backend";

  static List<VirtioNode> all(Machine vm) {
    return vm.devices().pci().stream().map(VirtioNode::of).flatMap(Optional::stream).toList();
  }

  private static Optional<VirtioNode> of(PciDevice device) {
    return device.function() instanceof VirtioPciFunction function
        ? Optional.of(new VirtioNode(device.path() + BACKEND, function))
        : Optional.empty();
  }

  /** The one at a whole path. */
  static VirtioNode find(Machine vm, String path) {
    return all(vm).stream().filter(node -> node.path.equals(path)).findFirst()
        .orElseThrow(() -> new UserError("Path " + path + " is not a VirtIODevice"));
  }

  VirtioDevice device() { return function.device(); }

  VirtioState state() { return function.driverState(); }

  VirtioState.Queue queue(int number) {
    List<VirtioState.Queue> queues = state().queues();
    if (number < 0 || number >= queues.size()) {
      throw new UserError("Invalid virtqueue number " + number);
    }
    return queues.get(number);
  }
}
