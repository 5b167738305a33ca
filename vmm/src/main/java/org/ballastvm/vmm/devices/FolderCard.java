package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.folder.Folder;
import org.ballastvm.vmm.folder.FolderWorkers;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;

/** A folder in its slot. */
final class FolderCard extends VirtioCard {
  private final DeviceConfig.Folder config;
  private final Folder folder;
  private final FolderWorkers workers;

  FolderCard(DeviceConfig.Folder config, String path, VirtioPciFunction transport, Folder folder,
      FolderWorkers workers) {
    super("virtio-9p", path, transport);
    this.config = config;
    this.folder = folder;
    this.workers = workers;
  }

  /** {@return what the guest mounts it by} */
  String mountTag() { return config.mountTag(); }

  @Override
  boolean settle(long endNanos) {
    look();
    boolean done = workers.settle(endNanos);
    look(); // A Tversion has waited for all before it.
    return workers.settle(endNanos) && done;
  }

  @Override
  String changing() { return "folder " + config.fsdev() + ", mounted by " + config.mountTag() + ","; }

  @Override
  List<Property> properties() {
    return List.of(Property.readOnly("fsdev", PropertyTypes.TEXT, config::fsdev),
        Property.readOnly("mount_tag", PropertyTypes.TEXT, config::mountTag));
  }

  @Override
  public void close() {
    super.close();
    folder.close();
  }
}
