package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryVirtio;
import org.ballastvm.vmm.machine.Machine;

/** {@code info virtio} */
final class InfoVirtio implements Command {
  @Override
  public List<String> names() { return List.of("virtio"); }

  @Override
  public String help() { return "List all available virtio devices"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    List<QueryVirtio.VirtioInfo> devices = new QueryVirtio().run(vm, NoArguments.NONE);
    return devices.isEmpty()
        ? "No VirtIO devices\n"
        : devices.stream().map(device -> device.path() + " [" + device.name() + "]\n").collect(Collectors.joining());
  }
}
