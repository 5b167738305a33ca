package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.net.NetDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;

/** What can be read of a network card, by QEMU's names. */
final class NetProperties {
  private static final PropertyType NAME = new PropertyType.Text("str");
  private static final PropertyType SHORT = new PropertyType.Whole("uint16", 0, 0xffff);

  private NetProperties() {}

  static List<Property> of(DeviceConfig.Net config, NetDevice device) {
    return List.of(Property.readOnly("netdev", NAME, config::netdev),
        Property.readOnly("mac", NAME, () -> device.mac().toString()),
        Property.readOnly("mq", PropertyTypes.BOOL, config::mq),
        Property.readOnly("vectors", PropertyTypes.UINT32, () -> device.queueCount() + 1L),
        Property.readOnly("host_mtu", SHORT, () -> (long) config.mtu().orElse(0)),
        Property.readOnly("rx_queue_size", SHORT, () -> (long) config.rxQueueSize()),
        Property.readOnly("tx_queue_size", SHORT, () -> (long) config.txQueueSize()));
  }
}
