package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code nmi} */
final class NmiCommand implements Command {
  @Override
  public List<String> names() { return List.of("nmi"); }

  @Override
  public String help() { return "inject an NMI"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.whileVcpusAreOut(() -> vm.vcpus().forEach(vcpu -> vcpu.vcpu().injectNmi()));
    return "";
  }
}
