package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.device.Device;
import org.ballastvm.device.DeviceTimer;
import org.ballastvm.device.PciAdapter;
import org.ballastvm.device.SimplePci;
import org.ballastvm.device.SimpleVirtio;
import org.ballastvm.device.VirtioAdapter;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.userdevice.UserDevice;
import org.ballastvm.vmm.userdevice.UserDevices;

/** {@code java}: a device that a user wrote. */
final class JavaPlug extends PciPlug<DeviceConfig.Java> {
  JavaPlug() { super(DeviceConfig.Java.class); }

  @Override
  PciCard make(DeviceConfig.Java config, String path, DeviceBuses buses) {
    EventSink log = new DeviceLog(config.id());
    GuestMemory memory = buses.site().memory().ram();
    DeviceTimer timer = new LoopDelays(buses.site().loop())::after;
    UserDevice user = UserDevices.make(config);
    Device device = user.device();
    try {
      return switch (device) {
        case SimpleVirtio virtio -> new UserVirtioCard(path,
            new VirtioPciFunction(new VirtioAdapter(virtio, timer), memory, log), user);
        case SimplePci function -> new UserCard(
            new PlainCard(config.driver(), new PciAdapter(function, memory, timer, log), List.of()), user);
      };
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      // What a user wrote is asked for its queues and BARs here.
      user.close();
      throw new UserError(device.getClass().getName() + ": " + (e instanceof IllegalArgumentException
          ? e.getMessage()
          : "threw " + e), e);
    }
  }

  private static final class UserVirtioCard extends VirtioCard {
    private final UserDevice user;

    UserVirtioCard(String path, VirtioPciFunction transport, UserDevice user) {
      super("java", path, transport);
      this.user = user;
    }

    @Override
    public void close() {
      super.close();
      user.close();
    }
  }

  private record UserCard(PlainCard card, UserDevice user) implements PciCard {
    @Override
    public PciFunction function() { return card.function(); }

    @Override
    public QomNode node(String name) { return card.node(name); }

    @Override
    public void close() { user.close(); }
  }
}
