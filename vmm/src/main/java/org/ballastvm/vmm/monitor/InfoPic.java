package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.ballastvm.kvm.IoApic;
import org.ballastvm.vmm.machine.Machine;

/** {@code info pic}: the I/O APIC, which has all interrupts; the PICs of KVM are connected to nothing. */
final class InfoPic implements Command {
  private static final String[] DELIVERY = {"fixed", "lowest", "smi", "...", "nmi", "init", "...", "extint"};
  /** What KVM's says of itself. */
  private static final int VERSION = 0x11;
  private static final int FIRST_REDIRECTION = 0x10;
  private static final int LOGICAL = 1 << 11;
  private static final int LOW = 1 << 13;
  private static final int REMOTE_REQUEST = 1 << 14;
  private static final int LEVEL = 1 << 15;
  private static final int MASKED = 1 << 16;

  @Override
  public List<String> names() { return List.of("pic"); }

  @Override
  public String help() { return "show PIC state"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    IoApic chip = vm.buses().board().ioApic();
    StringBuilder text = new StringBuilder(
        "ioapic0: ver=0x%x id=0x%02x sel=0x%02x".formatted(VERSION, chip.id(), chip.select()));
    if (chip.select() >= FIRST_REDIRECTION) {
      text.append(" (redir[%d])".formatted(chip.select() - FIRST_REDIRECTION >> 1));
    }
    text.append('\n');
    int pins = chip.redirections().size();
    for (int pin = 0; pin < pins; pin++) {
      text.append(line(pin, chip.redirections().get(pin)));
    }
    return text.append(pins("  IRR", pins, pin -> (chip.requests() >> pin & 1) != 0))
        .append(pins("  Remote IRR", pins, pin -> (chip.redirections().get(pin) & REMOTE_REQUEST) != 0)).toString();
  }

  private static String line(int pin, long entry) {
    return "  pin %-2d 0x%016x dest=%x vec=%-3d %s %-5s %-6s %-6s %s\n".formatted(pin, entry, entry >>> 56,
        entry & 0xff,
        (entry & LOW) != 0 ? "active-lo" : "active-hi", (entry & LEVEL) != 0 ? "level" : "edge",
        (entry & MASKED) != 0 ? "masked" : "", DELIVERY[(int) (entry >> 8 & 7)],
        (entry & LOGICAL) != 0 ? "logical" : "physical");
  }

  private static String pins(String name, int count, IntPredicate isSet) {
    StringBuilder found = new StringBuilder();
    IntStream.range(0, count).filter(isSet).forEach(pin -> found.append("%-2d ".formatted(pin)));
    return "%-10s %s\n".formatted(name, found.isEmpty() ? "(none)" : found);
  }
}
