package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemoryDevices;
import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.machine.Machine;

/** {@code info numa} */
final class InfoNuma implements Command {
  private static final int MIB_SHIFT = 20;

  @Override
  public List<String> names() { return List.of("numa"); }

  @Override
  public String help() { return "show NUMA information"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    List<NumaConfig.Node> nodes = vm.config().numa().nodes();
    StringBuilder text = new StringBuilder().append(nodes.size()).append(" nodes\n");
    for (int number = 0; number < nodes.size(); number++) {
      NumaConfig.Node node = nodes.get(number);
      long plugged = pluggedBytes(vm, number);
      text.append("node ").append(number).append(" cpus:");
      node.cpus().forEach(cpu -> text.append(' ').append(cpu));
      text.append("\nnode ").append(number).append(" size: ").append(node.memoryBytes() + plugged >> MIB_SHIFT);
      text.append(" MB\nnode ").append(number).append(" plugged: ").append(plugged >> MIB_SHIFT).append(" MB\n");
    }
    return text.toString();
  }

  private static long pluggedBytes(Machine vm, int node) {
    return new QueryMemoryDevices().run(vm, NoArguments.NONE).stream().filter(info -> info.node() == node)
        .mapToLong(MemoryDeviceInfo::size).sum();
  }
}
