package org.ballastvm.vmm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;

/**
 * Options that tools made for QEMU give to every machine. What they ask for is taken where this machine is so anyway,
 * taken with a line to the user where it comes near, and refused where it would be something else.
 */
final class Harmless {
  private static final String KVM = "kvm";
  private static final List<String> OTHER_ACCELERATORS = List.of("tcg", "hvf", "whpx", "xen", "nvmm", "hax", "mshv",
      "qtest");
  static final List<String> NOTHING_ELSE = List.of("-display", "-net", "-vga", "-parallel");
  /** Parts of a PC that this machine has, or lacks, anyway. */
  static final List<String> LACKING = List.of("usb", "vmport", "smm", "hpet", "graphics", "nvdimm");
  static final List<String> HAVING = List.of("acpi", "kernel_irqchip", "kernel-irqchip", "pcie", "rtc");
  /** Firmware of QEMU's that, with a kernel, only starts it. */
  static final List<String> KERNEL_STARTERS = List.of("qboot.rom", "bios.bin", "bios-256k.bin", "bios-microvm.bin");

  private final GivenOptions given;
  private final List<String> notes = new ArrayList<>();
  private Optional<String> backend = Optional.empty();
  private boolean kaslr;

  private Harmless(GivenOptions given) { this.given = given; }

  /**
   * Looks at all of them.
   *
   * @throws UserError for one that asks for what this machine is not
   */
  static Harmless look(GivenOptions given) {
    Harmless look = new Harmless(given);
    NOTHING_ELSE.forEach(option -> given.values(option).forEach(value -> requireOnly(option, value, "none")));
    look.accelerators("-accel ", given.values("-accel").stream()
        .map(text -> text.contains(",") && !text.startsWith(KVM) ? text.substring(0, text.indexOf(',')) : text)
        .toList());
    given.values("-machine").forEach(look::machine);
    given.values("-bios").forEach(look::firmware);
    given.values("-echr").forEach(Harmless::escape);
    look.each("-msg", "timestamp", values -> values.takeBoolean("timestamp", false), "timestamp");
    look.each("-boot", "order", values -> {
      // What comes first is the kernel of -kernel: there is nothing else to order.
      values.take("order");
      values.take("once");
      values.takeBoolean("strict", false);
      requireOff(values, "menu");
    }, "order, once, strict, menu");
    look.each("-overcommit", "mem-lock", values -> {
      requireOff(values, "mem-lock");
      requireOff(values, "cpu-pm");
    }, "mem-lock, cpu-pm");
    return look;
  }

  /** What the user should know, a line each. */
  List<String> notes() { return List.copyOf(notes); }

  /** What {@code -machine} says about memory. */
  Optional<String> backend() { return backend; }

  /** Whether {@code -machine} has the kernel choose its addresses. */
  boolean kaslr() { return kaslr; }

  /** Whether lines of the log have the time. */
  boolean logHasTime() {
    return given.value("-msg").filter(text -> !text.matches("timestamp=(off|no|false|n)")).isPresent();
  }

  /** One property or more of an option. */
  @FunctionalInterface
  private interface Taking {
    void take(KeyValues values);
  }

  private void each(String option, String firstKey, Taking taking, String allowed) {
    for (String text : given.values(option)) {
      KeyValues values = KeyValues.parse(option, text, firstKey);
      taking.take(values);
      values.refuseRest(allowed);
    }
  }

  /** A list of tries: QEMU takes the first that the host has. */
  private void accelerators(String option, List<String> tries) {
    for (String name : tries) {
      if (!name.equals(KVM) && (!tries.contains(KVM) || !OTHER_ACCELERATORS.contains(name))) {
        throw new UserError(option + name + ": Ballast has only kvm");
      }
    }
    if (!tries.isEmpty() && !tries.getFirst().equals(KVM)) {
      notes.add(option + tries.getFirst() + ": is passed over; Ballast has only kvm");
    }
  }

  private void machine(String text) {
    KeyValues machine = KeyValues.parse("-machine", text, "type");
    machine.take("type").ifPresent(this::type);
    machine.take("accel").ifPresent(list -> accelerators("-machine accel=", List.of(list.split(":", -1))));
    backend = machine.take("memory-backend").or(() -> backend);
    kaslr = machine.takeBoolean("kaslr", kaslr);
    LACKING.forEach(part -> requireOff(machine, part));
    for (String part : HAVING) {
      if (!machine.takeBoolean(part, true)) {
        throw machine.error(part + "=off: this machine cannot do without it");
      }
    }
    byObject(machine, "mem-merge", "merge");
    byObject(machine, "dump-guest-core", "dump");
    machine.refuseRest(
        "type, accel, memory-backend, kaslr, " + String.join(", ", LACKING) + ", " + String.join(", ", HAVING)
            + ", mem-merge, dump-guest-core");
  }

  /** What QEMU knows of all memory, and we of each backend. */
  private void byObject(KeyValues machine, String key, String property) {
    if (!machine.takeBoolean(key, true)) {
      notes.add("-machine " + key + "=off: is passed over; it is " + property + "=off of a -object that is the memory");
    }
  }

  private void type(String type) {
    if (type.matches("q35|pc|microvm|pc-(q35|i440fx)-[0-9.]+")) {
      notes.add("-machine " + type + ": is taken as a hint; this machine is Ballast's own, as docs/machine.md has it");
    } else {
      requireOnly("-machine", type, "ballast");
    }
  }

  private void firmware(String file) {
    if (!KERNEL_STARTERS.contains(file)) {
      throw new UserError("-bios " + file + ": there is no firmware here; the kernel of -kernel is started without");
    }
    notes.add("-bios " + file + ": is passed over; the kernel of -kernel is started without firmware");
  }

  /** A number as C has it; QEMU's own value is 1. */
  private static void escape(String key) {
    if (!key.matches("1|0x0?1|01")) {
      throw new UserError("-echr " + key + ": must be 1, which is Ctrl-A");
    }
  }

  private static void requireOff(KeyValues values, String key) {
    if (values.takeBoolean(key, false)) {
      throw values.error(key + "=on: this machine does not have it; it must be off");
    }
  }

  private static void requireOnly(String option, String value, String only) {
    if (!value.equals(only)) {
      throw new UserError(option + " " + value + ": Ballast has only " + only);
    }
  }
}
