package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.Aml;
import org.ballastvm.acpi.AmlTerm;
import org.ballastvm.acpi.AmlValue;
import org.ballastvm.acpi.Resource;
import org.ballastvm.acpi.Resource.Polarity;
import org.ballastvm.acpi.Resource.Sharing;
import org.ballastvm.acpi.Resource.Trigger;
import org.ballastvm.vmm.bus.PortMap;

/** The devices that a guest cannot find by itself, as the DSDT declares them. */
final class MachineDevices {
  private static final String POWER_BUTTON = "\\_SB.PWRB";
  private static final int BUTTON_PRESSED = 0x80;
  private static final String GENERATION = "\\_SB.VGEN";
  private static final int STATUS_CHANGE = 0x80;

  private MachineDevices() {}

  static List<AmlTerm> of(MachineFacts facts) {
    List<EventDevice.Action> actions = new ArrayList<>(
        List.of(new EventDevice.Action(AcpiPorts.GED_POWER_DOWN, Aml.notify(POWER_BUTTON, BUTTON_PRESSED)),
            new EventDevice.Action(AcpiPorts.GED_PCI_HOTPLUG, PciSlots.look())));
    List<AmlTerm> devices = new ArrayList<>(
        List.of(PciRoot.device(facts), reservedPorts(), serial(facts), clock(facts), powerButton()));
    if (facts.dimmSlots() > 0) {
      actions.add(new EventDevice.Action(AcpiPorts.GED_MEMORY_HOTPLUG, DimmSlots.look()));
      devices.add(DimmSlots.device(facts.dimmSlots()));
    }
    if (facts.generation().isPresent()) {
      actions.add(new EventDevice.Action(AcpiPorts.GED_GENERATION, Aml.notify(GENERATION, STATUS_CHANGE)));
      devices.add(generation(facts.generation().getAsLong()));
    }
    devices.add(new EventDevice(actions).device());
    if (facts.panicDevice()) {
      devices.add(panic());
    }
    if (facts.fwCfg()) {
      devices.add(fwCfg());
    }
    return List.of(Aml.scope("\\_SB", devices.toArray(AmlTerm[]::new)),
        // Of the four elements only the first means something without fixed registers (ACPI 6.5, 4.8.3.7).
        Aml.define("\\_S5", Aml.integers(AcpiPorts.SLEEP_TYPE_S5, 0, 0, 0)));
  }

  private static AmlTerm reservedPorts() {
    return Aml.device("MBRD", Aml.define("_HID", Aml.eisaId("PNP0C02")), Aml.define("_UID", 0),
        Aml.define("_CRS", Aml.template(Resource.ports(AcpiPorts.BLOCK_BASE, AcpiPorts.BLOCK_BYTES),
            Resource.ports(AcpiPorts.PCI_HOTPLUG_BASE, AcpiPorts.PCI_HOTPLUG_BYTES))));
  }

  private static AmlTerm serial(MachineFacts facts) {
    return Aml.device("COM1", Aml.define("_HID", Aml.eisaId("PNP0501")), Aml.define("_UID", 1),
        Aml.define("_CRS",
            Aml.template(Resource.ports(PortMap.COM1, PortMap.COM1_LENGTH), edgeLine(facts.serialGsi()))));
  }

  private static AmlTerm clock(MachineFacts facts) {
    List<Resource> resources = new ArrayList<>(List.of(Resource.ports(PortMap.RTC, PortMap.RTC_LENGTH)));
    facts.rtcGsi().ifPresent(gsi -> resources.add(edgeLine(gsi)));
    return Aml.device("RTC", Aml.define("_HID", Aml.eisaId("PNP0B00")),
        Aml.define("_CRS", new AmlValue.ResourceTemplate(resources)));
  }

  private static AmlTerm powerButton() {
    return Aml.device(POWER_BUTTON, Aml.define("_HID", Aml.eisaId("PNP0C0C")), Aml.define("_UID", 0));
  }

  /** Linux's pvpanic-mmio driver looks for this id and takes the port from the resources. */
  private static AmlTerm panic() {
    return Aml.device("PEVT", Aml.define("_HID", Aml.text("QEMU0001")),
        Aml.define("_CRS", Aml.template(Resource.ports(AcpiPorts.PANIC, 1))));
  }

  /** Linux's qemu_fw_cfg driver looks for this id. {@code _STA}: present, enabled, working, and nothing for people to see. */
  private static AmlTerm fwCfg() {
    return Aml.device("FWCF", Aml.define("_HID", Aml.text("QEMU0002")), Aml.define("_STA", 0x0b),
        Aml.define("_CRS", Aml.template(Resource.ports(AcpiPorts.FW_CFG, AcpiPorts.FW_CFG_BYTES))));
  }

  /** By the compatible id that drivers look for, as Microsoft has it. */
  private static AmlTerm generation(long address) {
    return Aml.device(GENERATION, Aml.define("_HID", Aml.text("BLST0001")),
        Aml.define("_CID", Aml.text("VM_Gen_Counter")), Aml.define("_DDN", Aml.text("VM_Gen_Counter")),
        Aml.define("ADDR", Aml.integers(address & 0xffff_ffffL, address >>> 32)));
  }

  private static Resource edgeLine(int line) {
    return new Resource.Irq(Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE, line);
  }
}
