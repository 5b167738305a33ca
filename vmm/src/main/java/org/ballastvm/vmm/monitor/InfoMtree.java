package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.GuestLayout;

/** {@code info mtree} */
final class InfoMtree implements Command {
  @Override
  public List<String> names() { return List.of("mtree"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "show memory tree"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    StringBuilder text = new StringBuilder("address-space: memory\n");
    text.append(line(0, -1L >>> 1, "system"));
    for (GuestLayout.Range range : GuestLayout.of(machine.config().memory()).memory()) {
      text.append("  ").append(line(range.base(), range.base() + range.sizeBytes() - 1, "ram"));
    }
    append(text, machine.parts().memory());
    text.append("\naddress-space: I/O\n").append(line(0, 0xffff, "io"));
    append(text, machine.parts().ports());
    return text.append("\n").toString();
  }

  private static void append(StringBuilder text, AddressBus bus) {
    for (AddressBus.Range range : bus.ranges()) {
      text.append("  ").append(line(range.base(), range.base() + range.length() - 1, range.what()));
    }
  }

  private static String line(long first, long last, String what) {
    boolean ram = what.equals("ram");
    return String.format("  %016x-%016x (prio 0, %s): %s%n", first, last, ram ? "ram" : "i/o", what);
  }
}
