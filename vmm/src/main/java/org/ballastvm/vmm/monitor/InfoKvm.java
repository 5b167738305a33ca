package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryKvm;
import org.ballastvm.vmm.machine.Machine;

/** {@code info kvm} */
final class InfoKvm implements Command {
  @Override
  public List<String> names() { return List.of("kvm"); }

  @Override
  public String help() { return "show KVM information"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    QueryKvm.KvmInfo info = new QueryKvm().run(vm, NoArguments.NONE);
    return "kvm support: " + (!info.present() ? "not compiled" : info.enabled() ? "enabled" : "disabled") + "\n";
  }
}
