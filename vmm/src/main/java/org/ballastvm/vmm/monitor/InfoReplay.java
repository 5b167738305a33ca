package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryReplays;
import org.ballastvm.vmm.machine.Machine;

/** {@code info replay} */
final class InfoReplay implements Command {
  @Override
  public List<String> names() { return List.of("replay"); }

  @Override
  public String help() { return "show what drivers do otherwise than those that were recorded"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    for (QueryReplays.ReplayInfo each : new QueryReplays().run(vm, NoArguments.NONE)) {
      text.append(each.id().orElse(each.qomPath())).append(": ").append(each.count()).append(" findings")
          .append(each.missing().map(count -> ", " + count + " recorded chains not offered yet").orElse(", no driver"))
          .append('\n');
      each.findings().forEach(finding -> text.append("  - ").append(finding).append('\n'));
    }
    return text.isEmpty() ? "no device is replayed\n" : text.toString();
  }
}
