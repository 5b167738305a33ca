package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;

/**
 * A device that is part of the board, there from the start to the end.
 *
 * @param config what was asked for
 * @param path where it is in the object tree
 * @param properties what can be read and written of it
 * @param part what it is, for those who know its kind
 * @param reset puts it back to how it is after power-on, while no vCPU runs
 */
public record BoardDevice(DeviceConfig config, String path, List<Property> properties, Object part, Runnable reset)
    implements
      PluggedDevice {
  @Override
  public QomNode node() { return new QomNode(nodeName(), config.driver(), properties, List.of()); }
}
