package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.Aml;
import org.ballastvm.acpi.AmlTerm;
import org.ballastvm.acpi.AmlValue;
import org.ballastvm.acpi.AmlValue.BinaryOperator;

/**
 * The slots of the PCI root, in and out of which devices come while a guest runs: how the guest is notified when they do, and
 * how it lets one go.
 *
 * <p>
 * A slot has no {@code _STA}: Linux then asks the slot's configuration space whether something is there
 * (drivers/pci/hotplug/acpiphp_glue.c). No lock is needed, as each register is read or written once and whole.
 */
final class PciSlots {
  /** ACPI 6.5, 5.6.6. */
  private static final int DEVICE_CHECK = 1;
  private static final int EJECT_REQUEST = 3;
  private static final int REGISTER_BITS = 32;

  private PciSlots() {}

  /** What stands in the root's device. */
  static List<AmlTerm> terms() {
    List<AmlTerm> terms = new ArrayList<>();
    terms.add(Aml.portRegion("HPRG", AcpiPorts.PCI_HOTPLUG_BASE, AcpiPorts.PCI_HOTPLUG_BYTES));
    terms.add(Aml.field("HPRG", AmlTerm.FieldAccess.DWORD, Aml.unit("PCIU", REGISTER_BITS),
        Aml.unit("PCID", REGISTER_BITS), Aml.unit("B0EJ", REGISTER_BITS)));
    terms.add(Aml.method("PCEJ", 1,
        Aml.store(Aml.binary(BinaryOperator.SHIFT_LEFT, Aml.integer(1), Aml.arg(0)), Aml.name("B0EJ"))));
    List<AmlTerm> notifications = new ArrayList<>();
    for (int slot = 1; slot < PciInterruptRouting.SLOTS; slot++) {
      AmlValue number = Aml.integer(slot);
      terms.add(Aml.device(name(slot), Aml.define("_ADR", (long) slot << 16), Aml.define("_SUN", number),
          Aml.method("_EJ0", 1, Aml.call("PCEJ", number))));
      notifications.add(Aml.when(Aml.and(Aml.arg(0), 1L << slot), Aml.notify(name(slot), Aml.arg(1))));
    }
    terms.add(Aml.method("DVNT", 2, notifications.toArray(AmlTerm[]::new)));
    terms.add(Aml.method("PCNT", 0, Aml.call("DVNT", Aml.name("PCIU"), Aml.integer(DEVICE_CHECK)),
        Aml.call("DVNT", Aml.name("PCID"), Aml.integer(EJECT_REQUEST))));
    return terms;
  }

  /** What the generic event device runs. */
  static AmlTerm look() { return Aml.call("\\_SB.PCI0.PCNT"); }

  /** As QEMU's: the slot's number and function 0, as in configuration addresses. */
  private static String name(int slot) {
    String digits = Integer.toHexString(slot << 3).toUpperCase(java.util.Locale.ROOT);
    return digits.length() == 1 ? "S0" + digits : "S" + digits;
  }
}
