package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryRecords;
import org.ballastvm.vmm.machine.Machine;

/** {@code info record} */
final class InfoRecord implements Command {
  @Override
  public List<String> names() { return List.of("record"); }

  @Override
  public String help() { return "show what is recorded of devices and their drivers"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    for (QueryRecords.RecordInfo each : new QueryRecords().run(vm, NoArguments.NONE)) {
      text.append(each.id().orElse(each.qomPath())).append(": ").append(each.state()).append(", ").append(each.events())
          .append(" events, ").append(each.bytes()).append(" of ").append(each.limit()).append(" bytes in ")
          .append(each.file()).append('\n');
    }
    return text.isEmpty() ? "no device is recorded\n" : text.toString();
  }
}
