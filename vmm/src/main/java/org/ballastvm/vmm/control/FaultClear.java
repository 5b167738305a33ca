package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.devices.Faults;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-fault-clear} */
public final class FaultClear implements QmpCommand<FaultClear.Which, QmpCommand.Done> {
  /** Whose faults. */
  public record Which(
      @Member("its id, or its path in the object tree; all devices without one") Optional<String> device) {}

  @Override
  public String name() { return "x-ballast-fault-clear"; }

  @Override
  public String help() { return "Takes faults away. What they kept back comes; what they have struck stays struck."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Which which) {
    Faults faults = vm.devices().faults();
    which.device().ifPresentOrElse(faults::clear, faults::clear);
    return Done.DONE;
  }
}
