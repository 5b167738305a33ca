package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.Aml;
import org.ballastvm.acpi.AmlTarget;
import org.ballastvm.acpi.AmlTerm;
import org.ballastvm.acpi.Resource;
import org.ballastvm.acpi.Resource.Polarity;
import org.ballastvm.acpi.Resource.Role;
import org.ballastvm.acpi.Resource.Sharing;
import org.ballastvm.acpi.Resource.Trigger;

/**
 * The Generic Event Device (ACPI 6.5, 5.6.9): one interrupt for all events, and a method that reads which they are and
 * acts on each.
 *
 * @param actions what to do on which event
 */
record EventDevice(List<Action> actions) {
  /** What the guest does when the selector has a bit. */
  record Action(int selectorBit, AmlTerm reaction) {}

  AmlTerm device() {
    AmlTarget pending = Aml.local(0);
    List<AmlTerm> dispatch = new ArrayList<>();
    dispatch.add(Aml.store(Aml.name("ESEL"), pending));
    for (Action action : actions) {
      dispatch.add(Aml.when(Aml.and(pending, action.selectorBit()), action.reaction()));
    }
    Resource line = new Resource.Interrupt(Role.CONSUMER, Trigger.EDGE, Polarity.ACTIVE_HIGH, Sharing.EXCLUSIVE,
        List.of(AcpiPorts.GED_GSI));
    return Aml.device("GED", Aml.define("_HID", Aml.text("ACPI0013")), Aml.define("_UID", 0),
        Aml.define("_CRS", Aml.template(line)),
        Aml.portRegion("EREG", AcpiPorts.GED_SELECTOR, AcpiPorts.GED_SELECTOR_BYTES),
        Aml.field("EREG", AmlTerm.FieldAccess.DWORD, Aml.unit("ESEL", Integer.SIZE)),
        Aml.serializedMethod("_EVT", 1, dispatch.toArray(AmlTerm[]::new)));
  }
}
