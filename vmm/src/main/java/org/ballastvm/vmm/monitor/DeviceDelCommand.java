package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.DeviceDel;
import org.ballastvm.vmm.control.MachineTree;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.qom.QomPaths;

/** {@code device_del ID} */
final class DeviceDelCommand implements Command {
  @Override
  public List<String> names() { return List.of("device_del"); }

  @Override
  public String parameters() { return "device"; }

  @Override
  public String help() { return "remove device"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String id = arguments.word();
    arguments.end();
    DeviceDel.delete(vm, id);
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty()
        ? MachineTree.of(vm).resolve(QomPaths.PERIPHERAL).node().children().stream().map(QomNode::name).toList()
        : List.of();
  }
}
