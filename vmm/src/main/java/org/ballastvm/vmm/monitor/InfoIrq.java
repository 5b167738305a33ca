package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info irq}: how often each pin of the I/O APIC was asserted; messages pass it by. */
final class InfoIrq implements Command {
  @Override
  public List<String> names() { return List.of("irq"); }

  @Override
  public String help() { return "show the interrupts statistics (if available)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder("IRQ statistics for ioapic:\n");
    long[] counts = vm.buses().board().assertionCounts();
    for (int pin = 0; pin < counts.length; pin++) {
      if (counts[pin] > 0) {
        text.append("%2d: %d\n".formatted(pin, counts[pin]));
      }
    }
    return text.toString();
  }
}
