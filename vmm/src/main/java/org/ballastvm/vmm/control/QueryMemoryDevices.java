package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-memory-devices} */
public final class QueryMemoryDevices implements QmpCommand<QmpCommand.NoArguments, List<MemoryDeviceInfo>> {
  @Override
  public String name() { return "query-memory-devices"; }

  @Override
  public String help() { return "Lists the devices that give the guest memory."; }

  @Override
  public List<MemoryDeviceInfo> run(Machine vm, NoArguments arguments) { return vm.devices().memoryDevices(); }
}
