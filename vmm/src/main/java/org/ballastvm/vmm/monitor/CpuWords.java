package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.machine.Machine;

/** Numbers of CPUs that complete a line. */
final class CpuWords {
  private CpuWords() {}

  /** The numbers, and other words that may stand in their place. */
  static List<String> with(Machine vm, String... others) {
    return Stream.concat(Stream.of(others), vm.vcpus().stream().map(vcpu -> String.valueOf(vcpu.index()))).toList();
  }
}
