package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Strike;
import org.ballastvm.vmm.devices.Faults;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-faults} */
public final class QueryFaults implements QmpCommand<QmpCommand.NoArguments, List<QueryFaults.DeviceFaultInfo>> {
  /** A device to which something goes wrong, or has. */
  public record DeviceFaultInfo(@Member("of the device, if it has one") Optional<String> id,
      @Member("where it is in the object tree") String qomPath,
      @Member("what goes wrong") List<FaultInfo> faults,
      @Member("what has gone wrong, the last 256 times, a line each") List<String> strikes) {}

  /** Something that goes wrong. */
  public record FaultInfo(@Member("it, as -fault has it") String fault,
      @Member("how many occasions it has counted") long occasions,
      @Member("how often it has struck") long struck) {}

  @Override
  public String name() { return "x-ballast-query-faults"; }

  @Override
  public String help() { return "Returns the faults of all devices, and what has gone wrong by them."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<DeviceFaultInfo> run(Machine vm, NoArguments arguments) {
    return vm.devices().faults().all().stream().map(QueryFaults::info).toList();
  }

  private static DeviceFaultInfo info(Faults.Faulty device) {
    return new DeviceFaultInfo(device.device().id(), device.device().path(),
        device.faults().all().stream().map(QueryFaults::info).toList(),
        device.faults().history().stream().map(Strike::words).toList());
  }

  private static FaultInfo info(DeviceFaults.Progress fault) {
    return new FaultInfo(fault.fault().words(), fault.occasions(), fault.struck());
  }
}
