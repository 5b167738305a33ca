package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;

/**
 * A device at fixed I/O ports, there from the start to the end.
 *
 * @param config what was asked for
 * @param path where it is in the object tree
 * @param properties what can be read of it
 */
public record PortDevice(DeviceConfig config, String path, List<Property> properties) implements PluggedDevice {
  @Override
  public QomNode node() { return new QomNode(nodeName(), config.driver(), properties, List.of()); }
}
