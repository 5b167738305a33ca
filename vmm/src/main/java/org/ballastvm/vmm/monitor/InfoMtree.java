package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.memory.GuestLayout;

/** {@code info mtree} */
final class InfoMtree implements Command {
  @Override
  public List<String> names() { return List.of("mtree"); }

  @Override
  public String help() { return "show memory tree"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder("address-space: I/O\n");
    append(text, 2, 0, vm.parts().ports().sizeBytes() - 1, "i/o", "io");
    append(text, vm.parts().ports());
    text.append("\naddress-space: memory\n");
    append(text, 2, 0, -1, "i/o", "system");
    for (GuestLayout.Range range : GuestLayout.of(vm.config().memory()).memory()) {
      append(text, 4, range.base(), range.base() + range.sizeBytes() - 1, "ram", "ram");
    }
    append(text, vm.parts().memory());
    return text.append("\n").toString();
  }

  private static void append(StringBuilder text, AddressBus bus) {
    for (AddressBus.Range range : bus.ranges()) {
      append(text, 4, range.base(), range.base() + range.length() - 1, "i/o", range.what());
    }
  }

  private static void append(StringBuilder text, int indent, long first, long last, String kind, String what) {
    text.append(" ".repeat(indent))
        .append(String.format("%016x-%016x (prio 0, %s): %s\n", first, last, kind, what));
  }
}
