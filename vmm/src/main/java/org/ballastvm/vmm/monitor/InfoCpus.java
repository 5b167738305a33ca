package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Collectors;
import org.ballastvm.vmm.machine.Machine;

/** {@code info cpus} */
final class InfoCpus implements Command {
  @Override
  public List<String> names() { return List.of("cpus"); }

  @Override
  public String help() { return "show infos for each CPU"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return vm.vcpus().stream()
        .map(vcpu -> (vcpu.index() == 0 ? "* " : "  ") + "CPU #" + vcpu.index() + ": thread_id=" + vcpu.threadId()
            + "\n")
        .collect(Collectors.joining());
  }
}
