package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.NetdevDel;
import org.ballastvm.vmm.machine.Machine;

/** {@code netdev_del ID} */
final class NetdevDelCommand implements Command {
  @Override
  public List<String> names() { return List.of("netdev_del"); }

  @Override
  public String parameters() { return "id"; }

  @Override
  public String help() { return "remove host network device"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String id = arguments.word();
    arguments.end();
    new NetdevDel().run(vm, new NetdevDel.Id(id));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty()
        ? vm.objects().netdevs().all().stream().map(netdev -> netdev.config().id()).toList()
        : List.of();
  }
}
