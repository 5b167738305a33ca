package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.devices.Recordings;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-record-stop} */
public final class RecordStop implements QmpCommand<RecordStop.Which, QmpCommand.Done> {
  /** Whose recording. */
  public record Which(
      @Member("its id, or its path in the object tree; all devices without one") Optional<String> device) {}

  @Override
  public String name() { return "x-ballast-record-stop"; }

  @Override
  public String help() { return "Ends recordings, which are whole in their files then."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Which which) {
    Recordings recordings = vm.devices().recordings();
    which.device().ifPresentOrElse(recordings::stop, recordings::stop);
    return Done.DONE;
  }
}
