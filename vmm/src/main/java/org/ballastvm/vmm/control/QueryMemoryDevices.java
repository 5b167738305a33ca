package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.virtio.MemConfig;
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

  @Override
  public List<MemoryDeviceInfo> run(Machine vm, NoArguments arguments) {
    return Stream.concat(vm.devices().dimms().all().stream().map(QueryMemoryDevices::dimm),
        vm.devices().all().stream().map(device -> info(vm.devices().memories(), device)).flatMap(Optional::stream))
        .toList();
  }

  private static MemoryDeviceInfo dimm(Dimm dimm) {
    return new MemoryDeviceInfo.Dimm(dimm.id(), dimm.address(), dimm.sizeBytes(), dimm.slot(), dimm.config().node(),
        MachineTree.OBJECTS + dimm.config().memdev(), dimm.hotplugged(), true);
  }

  private static Optional<MemoryDeviceInfo> info(MemoryDevices memories, PlacedDevice device) {
    return device.virtio().flatMap(memories::of).map(plugged -> virtioMem(device.id(), plugged));
  }

  private static MemoryDeviceInfo virtioMem(Optional<String> id, MemoryDevices.Plugged plugged) {
    MemConfig config = plugged.device().config();
    return new MemoryDeviceInfo.VirtioMem(id, config.base(), plugged.device().requestedBytes(),
        plugged.device().pluggedBytes(), config.sizeBytes(), config.blockBytes(), config.node(),
        MachineTree.OBJECTS + plugged.memdev());
  }
}
