package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.MemoryDeviceInfo;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemoryDevices;
import org.ballastvm.vmm.machine.Machine;

/** {@code info memory-devices} */
final class InfoMemoryDevices implements Command {
  @Override
  public List<String> names() { return List.of("memory-devices"); }

  @Override
  public String help() { return "show memory devices"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    for (MemoryDeviceInfo info : new QueryMemoryDevices().run(vm, NoArguments.NONE)) {
      text.append(switch (info) {
        case MemoryDeviceInfo.Dimm dimm -> text(dimm);
        case MemoryDeviceInfo.VirtioMem mem -> text(mem);
      });
    }
    return text.toString();
  }

  private static String text(MemoryDeviceInfo.Dimm dimm) {
    return String.format("""
        Memory device [dimm]: "%s"
          addr: 0x%x
          slot: %d
          node: %d
          size: %d
          memdev: %s
          hotplugged: %s
          hotpluggable: %s
        """, dimm.id().orElse(""), dimm.addr(), dimm.slot(), dimm.node(), dimm.size(), dimm.memdev(),
        dimm.hotplugged(), dimm.hotpluggable());
  }

  private static String text(MemoryDeviceInfo.VirtioMem mem) {
    return String.format("""
        Memory device [virtio-mem]: "%s"
          memaddr: 0x%x
          node: %d
          requested-size: %d
          size: %d
          max-size: %d
          block-size: %d
          memdev: %s
        """, mem.id().orElse(""), mem.memaddr(), mem.node(), mem.requestedSize(), mem.size(), mem.maxSize(),
        mem.blockSize(), mem.memdev());
  }
}
