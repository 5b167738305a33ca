package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.GenerationIdModel;
import org.ballastvm.vmm.device.GenerationId;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;

/** {@code vmgenid}. */
final class GenerationIdPlug extends DevicePlug<DeviceConfig.Generation> {
  GenerationIdPlug() { super(DeviceConfig.Generation.class); }

  @Override
  void plugIn(DeviceConfig.Generation config, boolean hot, DeviceBuses buses) {
    buses.board().requireRoom(config, hot);
    Site site = buses.site();
    GenerationId generation = new GenerationId(site.memory().ram(), config.guid().orElseGet(UUID::randomUUID),
        () -> site.buses().power().announce(AcpiPorts.GED_GENERATION));
    Property guid = new Property("guid", PropertyTypes.TEXT, () -> generation.id().toString(),
        Optional.of(text -> generation.change(GenerationIdModel.guid("guid=" + text, (String) text)
            .orElseGet(UUID::randomUUID))));
    buses.board().add(config, List.of(guid), generation, generation::write);
  }
}
