package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.Aml;
import org.ballastvm.acpi.AmlTerm;
import org.ballastvm.acpi.AmlValue;
import org.ballastvm.acpi.Resource;
import org.ballastvm.vmm.bus.PortMap;

/**
 * The PCI root: conventional configuration through 0xcf8 and 0xcfc, one bus, and the addresses its devices may take.
 *
 * <p>The interrupt pins are wired to I/O APIC inputs without link devices, which ACPI defines as level-triggered and
 * active low (6.5, 6.2.13). KVM's I/O APIC ignores the polarity: a line raised is an interrupt pending, so the host
 * raises the line to assert the pin.
 */
final class PciRoot {

  private PciRoot() {}

  static AmlTerm device(MachineFacts facts) {
    List<AmlTerm> body = new ArrayList<>(List.of(Aml.define("_HID", Aml.eisaId("PNP0A03")), Aml.define("_UID", 0),
        Aml.define("_SEG", 0), Aml.define("_BBN", 0), Aml.define("_CRS", new AmlValue.ResourceTemplate(windows(facts))),
        Aml.define("_PRT", new AmlValue.Elements(pins(facts.pciRouting())))));
    body.addAll(PciSlots.terms());
    return Aml.device("PCI0", body.toArray(AmlTerm[]::new));
  }

  private static List<Resource> windows(MachineFacts facts) {
    List<Resource> windows = new ArrayList<>();
    windows.add(Resource.buses(0, 0));
    windows.add(Resource.ports(PortMap.PCI_CONFIG, PortMap.PCI_CONFIG_LENGTH));
    windows.add(Resource.portWindow(PortMap.PCI_WINDOW, PortMap.LAST));
    windows.add(Resource.memoryWindow32(facts.lowMmio().base(), facts.lowMmio().lengthBytes()));
    facts.highMmio()
        .ifPresent(window -> windows.add(Resource.memoryWindow64(window.base(), window.lengthBytes())));
    return windows;
  }

  private static List<AmlValue> pins(PciInterruptRouting routing) {
    List<AmlValue> pins = new ArrayList<>();
    for (int slot = 0; slot < PciInterruptRouting.SLOTS; slot++) {
      for (int pin = 0; pin < PciInterruptRouting.PINS; pin++) {
        long allFunctions = (long) slot << 16 | 0xffff;
        pins.add(Aml.integers(allFunctions, pin, 0, routing.gsi(slot, pin)));
      }
    }
    return pins;
  }
}
