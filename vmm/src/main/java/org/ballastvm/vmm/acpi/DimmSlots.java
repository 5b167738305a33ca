package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ballastvm.acpi.Aml;
import org.ballastvm.acpi.AmlTarget;
import org.ballastvm.acpi.AmlTerm;
import org.ballastvm.acpi.AmlValue;
import org.ballastvm.acpi.AmlValue.BinaryOperator;
import org.ballastvm.acpi.Resource;

/**
 * The slots for DIMMs: memory devices (PNP0C80) that come and go while a guest runs. All of them speak through one block of
 * registers that is about one slot at a time, so whoever selects a slot holds the mutex until done.
 */
final class DimmSlots {
  /** ACPI 6.5, 5.6.6. */
  private static final int DEVICE_CHECK = 1;
  private static final int EJECT_REQUEST = 3;
  /** {@code _STA} of a device that is present, enabled, shown and working (ACPI 6.5, 6.3.7). */
  private static final int PRESENT = 0xf;
  private static final int REGISTER_BITS = 32;
  private static final int FLAGS_OFFSET_BITS = 0x14 * 8;
  private static final int HIGH_HALF = 32;
  /** Where a QWord address space descriptor has its lowest address, highest address and length (ACPI 6.5, 6.4.3.5.1). */
  private static final int MINIMUM = 14;
  private static final int MAXIMUM = 22;
  private static final int LENGTH = 38;

  private static final AmlTarget FIRST = Aml.local(0);
  private static final AmlTarget SECOND = Aml.local(1);

  private DimmSlots() {}

  /** The device that stands for all slots, and the devices in them. */
  static AmlTerm device(int slots) {
    List<AmlTerm> terms = new ArrayList<>(List.of(Aml.define("_HID", Aml.eisaId("PNP0A06")),
        Aml.define("_UID", Aml.text("DIMM slots")),
        Aml.define("_CRS",
            Aml.template(Resource.ports(AcpiPorts.MEMORY_HOTPLUG_BASE, AcpiPorts.MEMORY_HOTPLUG_BYTES))),
        Aml.mutex("MLCK"),
        Aml.portRegion("MREG", AcpiPorts.MEMORY_HOTPLUG_BASE, AcpiPorts.MEMORY_HOTPLUG_BYTES),
        Aml.field("MREG", AmlTerm.FieldAccess.DWORD, Aml.unit("MBAL", REGISTER_BITS), Aml.unit("MBAH", REGISTER_BITS),
            Aml.unit("MLNL", REGISTER_BITS), Aml.unit("MLNH", REGISTER_BITS), Aml.unit("MNOD", REGISTER_BITS)),
        Aml.field("MREG", AmlTerm.FieldAccess.DWORD, Aml.unit("MSEL", REGISTER_BITS), Aml.unit("MOEV", REGISTER_BITS),
            Aml.unit("MOST", REGISTER_BITS)),
        Aml.field("MREG", AmlTerm.FieldAccess.BYTE, Aml.skip(FLAGS_OFFSET_BITS), Aml.unit("MPRE", 1),
            Aml.unit("MINS", 1), Aml.unit("MRMV", 1), Aml.unit("MEJT", 1))));
    terms.addAll(template());
    terms.addAll(List.of(status(), resources(), node(), report(), eject(), look(slots)));
    List<AmlTerm> notifications = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      terms.add(memory(slot));
      notifications.add(
          Aml.when(Aml.equal(Aml.arg(0), Aml.integer(slot)), Aml.notify(name(slot), Aml.arg(1))));
    }
    terms.add(Aml.method("NTFY", 2, notifications.toArray(AmlTerm[]::new)));
    return Aml.device("MEMS", terms.toArray(AmlTerm[]::new));
  }

  /** What the generic event device runs. */
  static AmlTerm look() { return Aml.call("\\_SB.MEMS.LOOK"); }

  private static AmlTerm memory(int slot) {
    AmlValue number = Aml.integer(slot);
    return Aml.device(name(slot), Aml.define("_HID", Aml.eisaId("PNP0C80")), Aml.define("_UID", slot),
        Aml.method("_STA", 0, Aml.result(Aml.call("STAT", number))),
        Aml.method("_CRS", 0, Aml.result(Aml.call("RESC", number))),
        Aml.method("_PXM", 0, Aml.result(Aml.call("NODE", number))),
        Aml.method("_OST", 3, Aml.call("REPT", number, Aml.arg(0), Aml.arg(1))),
        Aml.method("_EJ0", 1, Aml.call("EJCT", number)));
  }

  private static String name(int slot) { return String.format(Locale.ROOT, "MP%02X", slot); }

  private static AmlTerm status() {
    return locked("STAT", 1, List.of(Aml.store(Aml.integer(0), FIRST),
        Aml.when(Aml.name("MPRE"), Aml.store(Aml.integer(PRESENT), FIRST))), Aml.result(FIRST));
  }

  private static AmlTerm node() {
    return locked("NODE", 1, List.of(Aml.store(Aml.name("MNOD"), FIRST)), Aml.result(FIRST));
  }

  /** {@code _OST}: which event, and what became of it. The status register takes both. */
  private static AmlTerm report() {
    return locked("REPT", 3,
        List.of(Aml.store(Aml.arg(1), Aml.name("MOEV")), Aml.store(Aml.arg(2), Aml.name("MOST"))));
  }

  private static AmlTerm eject() { return locked("EJCT", 1, List.of(Aml.store(Aml.integer(1), Aml.name("MEJT")))); }

  /** What {@code _CRS} fills in, and hands out a copy of. Any range will do. */
  private static List<AmlTerm> template() {
    return List.of(Aml.define("RANG", Aml.template(Resource.memory64(0, 1L << 32))),
        Aml.view(AmlTerm.BufferWidth.QWORD, "RANG", MINIMUM, "MINI"),
        Aml.view(AmlTerm.BufferWidth.QWORD, "RANG", MAXIMUM, "MAXI"),
        Aml.view(AmlTerm.BufferWidth.QWORD, "RANG", LENGTH, "SIZE"));
  }

  /** {@code _CRS}: the range that is in the registers. */
  private static AmlTerm resources() {
    return locked("RESC", 1, List.of(Aml.store(wide("MBAH", "MBAL"), Aml.name("MINI")),
        Aml.store(wide("MLNH", "MLNL"), Aml.name("SIZE")),
        Aml.store(Aml.subtract(Aml.add(Aml.name("MINI"), Aml.name("SIZE")), Aml.integer(1)), Aml.name("MAXI")),
        Aml.store(Aml.name("RANG"), FIRST)), Aml.result(FIRST));
  }

  private static AmlValue wide(String high, String low) {
    return Aml.binary(BinaryOperator.OR,
        Aml.binary(BinaryOperator.SHIFT_LEFT, Aml.name(high), Aml.integer(HIGH_HALF)), Aml.name(low));
  }

  /** Goes through all slots, and passes on what each has to say. */
  private static AmlTerm look(int slots) {
    AmlTerm visit = Aml.loop(Aml.test(FIRST, AmlValue.LogicalOperator.LESS, Aml.integer(slots)),
        Aml.store(FIRST, Aml.name("MSEL")), Aml.store(Aml.name("MINS"), SECOND),
        Aml.when(SECOND, Aml.store(Aml.integer(1), Aml.name("MINS")),
            Aml.call("NTFY", FIRST, Aml.integer(DEVICE_CHECK))),
        Aml.store(Aml.name("MRMV"), SECOND),
        Aml.when(SECOND, Aml.store(Aml.integer(1), Aml.name("MRMV")),
            Aml.call("NTFY", FIRST, Aml.integer(EJECT_REQUEST))),
        Aml.store(Aml.add(FIRST, Aml.integer(1)), FIRST));
    return Aml.method("LOOK", 0, Aml.acquire("MLCK"), Aml.store(Aml.integer(0), FIRST), visit, Aml.release("MLCK"));
  }

  /** A method whose first argument is a slot: selects it under the mutex, does something, and ends with what comes behind. */
  private static AmlTerm locked(String method, int arguments, List<AmlTerm> body, AmlTerm... behind) {
    List<AmlTerm> all = new ArrayList<>(select(body));
    all.addAll(List.of(behind));
    return Aml.method(method, arguments, all.toArray(AmlTerm[]::new));
  }

  private static List<AmlTerm> select(List<AmlTerm> body) {
    List<AmlTerm> all = new ArrayList<>(List.of(Aml.acquire("MLCK"), Aml.store(Aml.arg(0), Aml.name("MSEL"))));
    all.addAll(body);
    all.add(Aml.release("MLCK"));
    return all;
  }
}
