package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.vmm.machine.Dimm;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.MemoryDevices;
import org.ballastvm.vmm.machine.PlacedDevice;

/** {@code query-memory-devices} */
public final class QueryMemoryDevices implements QmpCommand<QmpCommand.NoArguments, List<MemoryDeviceInfo>> {
  @Override
  public String name() { return "query-memory-devices"; }

  @Override
  public String help() { return "Lists the devices that give the guest memory."; }

  /** No streams: a program that waits for a size asks this many times a second. */
  @Override
  public List<MemoryDeviceInfo> run(Machine vm, NoArguments arguments) {
    List<MemoryDeviceInfo> all = new ArrayList<>();
    for (Dimm dimm : vm.devices().dimms().all()) {
      all.add(dimm(dimm));
    }
    for (PlacedDevice device : vm.devices().all()) {
      VirtioDevice virtio = device.virtio().orElse(null);
      MemoryDevices.Plugged plugged = virtio == null ? null : vm.devices().memories().of(virtio).orElse(null);
      if (plugged != null) {
        all.add(virtioMem(device.id(), plugged));
      }
    }
    return all;
  }

  private static MemoryDeviceInfo dimm(Dimm dimm) {
    return new MemoryDeviceInfo.Dimm(dimm.id(), dimm.address(), dimm.sizeBytes(), dimm.slot(), dimm.config().node(),
        MachineTree.OBJECTS + dimm.config().memdev(), dimm.hotplugged(), true);
  }

  private static MemoryDeviceInfo virtioMem(Optional<String> id, MemoryDevices.Plugged plugged) {
    MemConfig config = plugged.device().config();
    return new MemoryDeviceInfo.VirtioMem(id, config.base(), plugged.device().requestedBytes(),
        plugged.device().pluggedBytes(), config.sizeBytes(), config.blockBytes(), config.node(),
        MachineTree.OBJECTS + plugged.memdev());
  }
}
