package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.MachineTree;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryPci;
import org.ballastvm.vmm.devices.ChildBus;
import org.ballastvm.vmm.devices.PciDevice;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;

/** {@code info qtree}: buses, and the devices on them. */
final class InfoQtree implements Command {
  @Override
  public List<String> names() { return List.of("qtree"); }

  @Override
  public String help() { return "show device tree"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder("""
        bus: main-system-bus
          type System
          dev: ballast-pcihost, id ""
            bus: pci.0
              type PCI
        """);
    QomNode tree = MachineTree.of(vm);
    List<QueryPci.PciDevice> functions = new QueryPci().run(vm, NoArguments.NONE).getFirst().devices();
    // The newest first, as QEMU has it.
    for (QueryPci.PciDevice function : functions.reversed()) {
      vm.devices().inSlot(function.slot())
          .ifPresent(device -> append(text, tree.resolve(device.path()).node(), device, function));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, QomNode node, PciDevice device, QueryPci.PciDevice function) {
    text.append("      dev: %s, id \"%s\"\n".formatted(node.type(), device.id().orElse("")));
    text.append("        addr = %02x.%x\n".formatted(function.slot(), function.function()));
    QueryPci.PciId id = function.id();
    String kind = function.classInfo().desc().orElse("Class %04x".formatted(function.classInfo().number()));
    text.append(
        "        class %s, addr %02x:%02x.%x, pci id %04x:%04x (sub %04x:%04x)\n".formatted(kind, function.bus(),
            function.slot(), function.function(), id.vendor(), id.device(), id.subsystemVendor(), id.subsystem()));
    for (QueryPci.PciRegion bar : function.regions()) {
      text.append("        bar %d: mem at 0x%x [0x%x]\n".formatted(bar.bar(), bar.address(),
          bar.address() + bar.size() - 1));
    }
    for (QomNode child : node.children()) {
      if (child.name().equals("virtio-backend")) {
        text.append("        bus: virtio-bus\n          type virtio-pci-bus\n");
        text.append("          dev: %s, id \"\"\n".formatted(child.type()));
        PropertyText.append(text, "            ", child);
        device.bus().ifPresent(bus -> append(text, bus));
      }
    }
  }

  private static void append(StringBuilder text, ChildBus bus) {
    text.append("            bus: %s\n              type %s\n".formatted(bus.name(), bus.type()));
    for (ChildBus.Child child : bus.devices().reversed()) {
      text.append("              dev: %s, id \"%s\"\n".formatted(child.node().type(), child.id().orElse("")));
      PropertyText.append(text, "                ", child.node());
      text.append("                ").append(child.summary()).append('\n');
    }
  }
}
