package org.ballastvm.vmm.control;

import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-memory-size-summary} */
public final class QueryMemorySizeSummary
    implements
      QmpCommand<QmpCommand.NoArguments, QueryMemorySizeSummary.MemoryInfo> {
  /** How much memory there is. */
  public record MemoryInfo(@Member("-m size, in bytes") long baseMemory,
      @Member("what memory devices have plugged, in bytes") long pluggedMemory) {}

  @Override
  public String name() { return "query-memory-size-summary"; }

  @Override
  public String help() { return "Returns how much memory the guest could use; a balloon in it does not count."; }

  @Override
  public MemoryInfo run(Machine vm, NoArguments arguments) {
    return new MemoryInfo(vm.config().memory().sizeBytes(),
        new QueryMemoryDevices().run(vm, NoArguments.NONE).stream().mapToLong(MemoryDeviceInfo::size).sum());
  }
}
