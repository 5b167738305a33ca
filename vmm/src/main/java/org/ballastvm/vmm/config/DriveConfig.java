package org.ballastvm.vmm.config;

import java.util.Optional;

/**
 * {@code -drive}: a disk, as people ask for it in one option.
 *
 * @param id by which a device names it
 * @param nodeName the name of its node; one is made up when empty
 * @param image what it is on
 * @param use how a device uses it
 * @param plugged whether a virtio-blk-pci comes with it: {@code if=virtio}
 * @param format what the file is, where it is not raw: qemu-storage-daemon has it then
 */
public record DriveConfig(String id, Optional<String> nodeName, ImageConfig image, Use use, boolean plugged,
    Optional<String> format) {
  /**
   * A raw disk.
   *
   * @param id by which a device names it
   * @param nodeName the name of its node; one is made up when empty
   * @param image what it is on
   * @param use how a device uses it
   * @param plugged whether a virtio-blk-pci comes with it: {@code if=virtio}
   */
  public DriveConfig(String id, Optional<String> nodeName, ImageConfig image, Use use, boolean plugged) {
    this(id, nodeName, image, use, plugged, Optional.empty());
  }

  /**
   * How a device uses a disk.
   *
   * @param writeCache whether a write may be lost until a flush: {@code cache.writeback}
   * @param onWriteError what is done when the host fails to write
   * @param onReadError what is done when the host fails to read
   * @param bytesPerSecond {@code throttling.bps-total}; 0 for no limit
   * @param requestsPerSecond {@code throttling.iops-total}; 0 for no limit
   */
  public record Use(boolean writeCache, ErrorPolicy onWriteError, ErrorPolicy onReadError, long bytesPerSecond,
      long requestsPerSecond) {
    /** As a disk that is named by its node alone is used. */
    public static final Use DEFAULTS = new Use(true, ErrorPolicy.ENOSPC, ErrorPolicy.REPORT, 0, 0);
  }
}
