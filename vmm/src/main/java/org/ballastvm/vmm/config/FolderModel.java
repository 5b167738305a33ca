package org.ballastvm.vmm.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.p9.P9Device;

/** {@code virtio-9p-pci}. */
final class FolderModel {
  private static final ModelProperty<String> FSDEV = ModelProperty.text("fsdev", "str", "The folder, by its id");
  private static final ModelProperty<String> TAG = ModelProperty.text("mount_tag", "str",
      "What the guest mounts it by");

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-9p", FolderModel::parse, List.of(FSDEV, TAG));

  private FolderModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String tag = values.require(TAG.name());
    int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > P9Device.MOST_TAG_BYTES) {
      throw values.error(TAG.name() + "=" + tag + ": must have 1 to " + P9Device.MOST_TAG_BYTES + " bytes, not "
          + bytes);
    }
    return new DeviceConfig.Folder(id, slot, values.require(FSDEV.name()), tag);
  }
}
