package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Sockets between a guest and its host: by the host's kernel, and by Unix sockets. */
final class VsockModel {
  /** 0 to 2 are the hypervisor's, the guest's own and the host's; the last one is anybody's. Virtio 1.3, 5.10.4. */
  private static final long FIRST = 3;
  private static final long LAST = 0xffff_fffeL;

  private static final ModelProperty<Long> CID = ModelProperty.of("guest-cid", "uint64",
      "The guest's number, 3 to 4294967294", VsockModel::cid);
  private static final ModelProperty<Integer> DESCRIPTOR = ModelProperty.of("vhostfd", "str",
      "An open /dev/vhost-vsock, by the number of its descriptor",
      (values, key) -> values.takeInt(key, 3, Integer.MAX_VALUE));
  private static final ModelProperty<Path> PATH = ModelProperty.of("path", "str",
      "The Unix socket that programs connect to", (values, key) -> values.take(key)
          .map(given -> FileName.path(key, given).toAbsolutePath()));

  /** {@code vhost-vsock-pci}. */
  static final Model<DeviceConfig> OF_KERNEL = PciModel.of("vhost-vsock", VsockModel::ofKernel,
      List.of(CID, DESCRIPTOR));
  /** {@code virtio-vsock-pci}. */
  static final Model<DeviceConfig> OF_PATH = PciModel.of("virtio-vsock", VsockModel::ofPath, List.of(CID, PATH));

  private VsockModel() {}

  private static DeviceConfig ofKernel(Optional<String> id, OptionalInt slot, KeyValues values) {
    return new DeviceConfig.HostVsock(id, slot, require(values, CID),
        DESCRIPTOR.take(values).map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  private static DeviceConfig ofPath(Optional<String> id, OptionalInt slot, KeyValues values) {
    return new DeviceConfig.Vsock(id, slot, require(values, CID), require(values, PATH));
  }

  private static <T> T require(KeyValues values, ModelProperty<T> property) {
    return property.take(values).orElseThrow(() -> values.error("parameter '" + property.name() + "' is missing"));
  }

  private static Optional<Long> cid(KeyValues values, String key) {
    return values.take(key).map(given -> {
      if (given.matches("[0-9]{1,10}") && Long.parseLong(given) >= FIRST && Long.parseLong(given) <= LAST) {
        return Long.parseLong(given);
      }
      throw values.error(key + "=" + given + ": must be a number from " + FIRST + " to " + LAST);
    });
  }
}
