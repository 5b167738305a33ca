package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What disks of a machine are made of.
 *
 * @param nodes by {@code -blockdev}, in the order given
 * @param drives by {@code -drive}, in the order given
 */
public record DiskConfig(List<BlockdevConfig> nodes, List<DriveConfig> drives) {
  /** No disks. */
  public static final DiskConfig NONE = new DiskConfig(List.of(), List.of());

  /** Keeps copies. */
  public DiskConfig {
    nodes = List.copyOf(nodes);
    drives = List.copyOf(drives);
  }

  /**
   * The devices of a machine, with those that come with a drive in front.
   *
   * @param asked for by {@code -device}
   * @return all of them
   */
  public List<DeviceConfig> withDevices(List<DeviceConfig> asked) {
    List<DeviceConfig> all = new ArrayList<>();
    for (DriveConfig drive : drives) {
      if (drive.plugged()) {
        all.add(DeviceConfig.Blk.of(drive.id()));
      }
    }
    all.addAll(asked);
    return all;
  }
}
