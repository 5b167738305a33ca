package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.devices.PciDevice;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.pci.PciBus;

/** {@code info pci} */
final class InfoPci implements Command {
  @Override
  public List<String> names() { return List.of("pci"); }

  @Override
  public String help() { return "show PCI info"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    PciBus bus = vm.buses().pci();
    IntStream.range(0, PciBus.SLOTS).filter(slot -> bus.function(slot) != null)
        .forEach(slot -> append(text, slot, idOf(vm, slot), bus.function(slot)));
    return text.toString();
  }

  private static String idOf(Machine vm, int slot) {
    return vm.devices().inSlot(slot).flatMap(PciDevice::id).orElse("");
  }

  private static void append(StringBuilder text, int slot, String id, PciFunction function) {
    int classCode = function.configRead(0x0a, 2);
    text.append(String.format("  Bus  0, device %3d, function 0:\n    %s: PCI device %04x:%04x\n", slot,
        classCode == 0x0600 ? "Host bridge" : String.format("Class %04d", classCode), function.configRead(0, 2),
        function.configRead(2, 2)));
    text.append(
        String.format("      PCI subsystem %04x:%04x\n", function.configRead(0x2c, 2), function.configRead(0x2e, 2)));
    int pin = function.configRead(0x3d, 1);
    if (pin != 0) {
      text.append(String.format("      IRQ %d, pin %c\n", function.configRead(0x3c, 1), (char) (64 + pin)));
    }
    for (int bar = 0; bar < PciFunction.BARS; bar++) {
      if (function.barBytes(bar) > 0) {
        long base = Integer.toUnsignedLong(function.configRead(0x10 + 4 * bar, 4));
        text.append(String.format("      BAR%d: 32 bit memory at 0x%08x [0x%08x].\n", bar, base,
            base + function.barBytes(bar) - 1));
      }
    }
    text.append("      id \"").append(id).append("\"\n");
  }
}
