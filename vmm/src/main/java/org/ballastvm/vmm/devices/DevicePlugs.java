package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;

/** All kinds of devices that a machine can have. */
final class DevicePlugs {
  private static final List<DevicePlug<?>> ALL = List.of(new BalloonPlug(), new BlkPlug(), new VirtioMemPlug(),
      new NetPlug(), new ReplayPlug(), new RngPlug(), new SerialCardPlug(), new SerialPortPlug(), new DimmPlug(),
      new FolderPlug(),
      new HostVsockPlug(), new VsockPlug(), new UserBlkPlug(), new UserFsPlug(), new PanicPlug(), new PciPanicPlug(),
      new GenerationIdPlug(), new JavaPlug(), new CoreInfoPlug(),
      new WatchdogPlug(),
      new DebugExitPlug());

  private DevicePlugs() {}

  /** {@return the kind of a configuration} */
  static DevicePlug<?> of(DeviceConfig config) {
    for (DevicePlug<?> plug : ALL) {
      if (plug.takes(config)) {
        return plug;
      }
    }
    throw new IllegalStateException("nothing plugs a " + config.driver());
  }
}
