package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryVirtio;
import org.ballastvm.vmm.machine.Machine;

/** Paths of virtio devices that complete a line. */
final class VirtioPaths {
  private VirtioPaths() {}

  static List<String> of(Machine vm) {
    return new QueryVirtio().run(vm, NoArguments.NONE).stream().map(QueryVirtio.VirtioInfo::path).toList();
  }
}
