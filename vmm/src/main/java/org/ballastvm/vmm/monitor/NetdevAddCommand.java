package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.control.NetdevAdd;
import org.ballastvm.vmm.machine.Machine;

/** {@code netdev_add TYPE,id=ID,...} */
final class NetdevAddCommand implements Command {
  @Override
  public List<String> names() { return List.of("netdev_add"); }

  @Override
  public String parameters() { return "[user|tap|socket|stream],id=str[,prop=value][,...]"; }

  @Override
  public String help() { return "add host network device"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String given = arguments.rest();
    if (given.equals("help")) {
      return NetdevOptions.LIST + "\n";
    }
    NetdevAdd.add(vm, KeyValues.parseWithRepeated("netdev_add", given, "type", NetdevOptions.REPEATED));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("user,id=", "tap,id=", "socket,id=", "stream,id=") : List.of();
  }
}
