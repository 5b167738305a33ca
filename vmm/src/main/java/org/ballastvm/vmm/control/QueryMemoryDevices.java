package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.PlacedDevice;

/** {@code query-memory-devices} */
public final class QueryMemoryDevices implements QmpCommand<QmpCommand.NoArguments, List<MemoryDeviceInfo>> {
  @Override
  public String name() { return "query-memory-devices"; }

  @Override
  public String help() { return "Lists the devices that give the guest memory."; }

  @Override
  public List<MemoryDeviceInfo> run(Machine vm, NoArguments arguments) {
    return vm.devices().all().stream().map(QueryMemoryDevices::info).flatMap(Optional::stream).toList();
  }

  private static Optional<MemoryDeviceInfo> info(PlacedDevice device) {
    return switch (device.config()) {
      case DeviceConfig.Balloon balloon -> Optional.empty();
      case DeviceConfig.Rng rng -> Optional.empty();
    };
  }
}
