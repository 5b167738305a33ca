package org.ballastvm.vmm.devices;

import java.util.HashMap;
import java.util.Map;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.QomPaths;

/** Where devices are in the object tree. Those without an id are numbered, by what they are called then. */
final class DevicePaths {
  private final Map<String, Integer> namelessCounts = new HashMap<>();

  /**
   * The path of the next device.
   *
   * @param config what was asked for
   * @param nameless what it is called if it has no id
   * @return its path, once it has been {@linkplain #taken taken}
   */
  String of(DeviceConfig config, String nameless) {
    return config.id().map(id -> QomPaths.PERIPHERAL + id)
        .orElseGet(() -> QomPaths.ANONYMOUS + nameless + "[" + namelessCounts.getOrDefault(nameless, 0) + "]");
  }

  /** The device is there. */
  void taken(DeviceConfig config, String nameless) {
    if (config.id().isEmpty()) {
      namelessCounts.merge(nameless, 1, Integer::sum);
    }
  }
}
