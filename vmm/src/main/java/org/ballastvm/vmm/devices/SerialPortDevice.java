package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.console.ConsolePort;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomNode;

/** A port on a virtio-serial card. */
public final class SerialPortDevice implements PluggedDevice {
  private final DeviceConfig.SerialPort config;
  private final String path;
  private final PortLine line;

  SerialPortDevice(DeviceConfig.SerialPort config, String path, PortLine line) {
    this.config = config;
    this.path = path;
    this.line = line;
  }

  @Override
  public DeviceConfig.SerialPort config() { return config; }

  @Override
  public String path() { return path; }

  @Override
  public QomNode node() {
    return new QomNode(nodeName(), config.driver(),
        List.of(Property.readOnly("chardev", PropertyTypes.TEXT, () -> config.chardev().orElse("")),
            Property.readOnly("nr", PropertyTypes.UINT32, () -> (long) port().number()),
            Property.readOnly("name", PropertyTypes.TEXT, () -> config.name().orElse(""))),
        List.of());
  }

  /** {@return whether it talks through its chardev: a console always does, another port while the guest has it open} */
  public boolean isFrontendOpen() {
    return port().isConsole() || port().isGuestOpen();
  }

  private ConsolePort port() { return line.port(); }

  PortLine line() { return line; }

  /** It as users see it on the bus of its card, in QEMU's words. */
  ChildBus.Child asChild() {
    return new ChildBus.Child(id(), node(), "port " + port().number() + ", guest " + onOff(port().isGuestOpen())
        + ", host " + onOff(port().isHostOpen()) + ", throttle " + onOff(line.isFull()));
  }

  private static String onOff(boolean on) { return on ? "on" : "off"; }
}
