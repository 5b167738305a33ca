package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.p9.P9Device;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.folder.Folder;
import org.ballastvm.vmm.folder.FolderWorkers;

/** {@code virtio-9p-pci}. */
final class FolderPlug extends PciPlug<DeviceConfig.Folder> {
  FolderPlug() { super(DeviceConfig.Folder.class); }

  @Override
  PciCard make(DeviceConfig.Folder config, String path, DeviceBuses buses) {
    String tag = config.mountTag();
    if (buses.pci().cards(FolderCard.class).stream().anyMatch(card -> card.mountTag().equals(tag))) {
      throw new UserError("mount_tag=" + tag + ": another device has it; every mount_tag must be unique");
    }
    MachineMemory memory = buses.site().memory();
    Folders folders = memory.objects().folders();
    Folder folder = Folder.open(folders.require(config.fsdev()), tag);
    EventSink log = new DeviceLog(config.id());
    FolderWorkers workers = new FolderWorkers(tag, folders.crashed());
    P9Device device = new P9Device(tag, folder, workers);
    return new FolderCard(config, path, new VirtioPciFunction(device, memory.ram(), log), folder, workers);
  }
}
