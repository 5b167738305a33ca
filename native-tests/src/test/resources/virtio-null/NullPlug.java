package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.nothing.NullDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.NullModel;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;

/** {@code virtio-null-pci}. */
final class NullPlug extends PciPlug<NullModel.Config> {
  NullPlug() { super(NullModel.Config.class); }

  @Override
  PciCard make(NullModel.Config config, String path, DeviceBuses buses) {
    VirtioPciFunction transport = new VirtioPciFunction(new NullDevice(), buses.site().memory().ram(), new DeviceLog(config.id()));
    return new VirtioCard("virtio-null", path, transport) {
      @Override
      List<Property> properties() { return List.of(Property.readOnly("quiet", PropertyTypes.BOOL, config::quiet)); }
    };
  }
}
