package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.block.AttachedDisk;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;

/** A disk in its slot. */
final class BlkCard extends VirtioCard {
  private final DeviceConfig.Blk config;
  private final AttachedDisk disk;
  private final Runnable released;

  BlkCard(DeviceConfig.Blk config, String path, VirtioPciFunction transport, AttachedDisk disk, Runnable released) {
    super("virtio-blk", path, transport);
    this.config = config;
    this.disk = disk;
    this.released = released;
  }

  /** {@return what it is on} */
  AttachedDisk disk() { return disk; }

  @Override
  boolean settle(long endNanos) { return disk.settle(this::look, endNanos); }

  @Override
  String changing() { return "disk " + disk.backend().name() + " on " + disk.backend().node().image().file(); }

  @Override
  public EventLoop listener(EventLoop usual) { return disk.listener(); }

  @Override
  List<Property> properties() {
    return List.of(Property.readOnly("drive", PropertyTypes.TEXT, config::drive),
        Property.readOnly("serial", PropertyTypes.TEXT, config.properties()::serial));
  }

  /** Nothing is under way: the function was reset when it left its bus. */
  @Override
  public void close() {
    super.close();
    disk.close();
    released.run();
  }
}
