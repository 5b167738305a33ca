package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.ImageConfig.Aio;
import org.ballastvm.vmm.config.ImageConfig.Locking;

/** What {@code -drive} and {@code -blockdev} say in the same words. */
final class ImageOptions {
  /** Formats that others serve, and what makes a raw file of them. */
  private static final List<String> FORMATS = List.of("qcow2", "qcow", "qed", "vmdk", "vdi", "vhdx", "vpc", "parallels",
      "luks", "dmg", "bochs", "cloop");
  private static final List<String> PROTOCOLS = List.of("nbd", "iscsi", "rbd", "ssh", "http", "https", "ftp", "ftps",
      "nfs", "nvme", "gluster", "null-co", "null-aio", "vvfat", "host_cdrom", "io_uring", "nvme-io_uring",
      "virtio-blk-vfio-pci", "virtio-blk-vhost-user", "virtio-blk-vhost-vdpa");
  private static final List<String> FILTERS = List.of("blkdebug", "blklogwrites", "blkreplay", "blkverify",
      "copy-on-read", "copy-before-write", "compress", "preallocate", "quorum", "replication", "throttle",
      "snapshot-access");
  private static final String DAEMON = "; -drive has qemu-storage-daemon (Debian: qemu-system-common) serve qcow2, qed, vdi,"
      + " vhdx, vmdk and vpc; 'qemu-img convert -O raw' makes a raw file of any";

  private static final Map<String, Aio> AIO = Map.of("threads", Aio.THREADS, "io_uring", Aio.IO_URING);
  private static final Map<String, Locking> LOCKING = Map.of("auto", Locking.AUTO, "on", Locking.ON, "off",
      Locking.OFF);

  private ImageOptions() {}

  /** Why a format or driver is none of ours. */
  static UserError refused(KeyValues values, String key, String word) {
    if (FORMATS.contains(word)) {
      return values.error(key + "=" + word + ": Ballast's own disks are raw alone" + DAEMON);
    }
    if (PROTOCOLS.contains(word)) {
      return values.error(key + "=" + word + ": Ballast's own disks are files and block devices of the host alone; "
          + "qemu-storage-daemon (Debian: qemu-system-common) has this driver");
    }
    if (FILTERS.contains(word)) {
      return values.error(key + "=" + word + ": Ballast has no such driver; limits are throttling.bps-total and "
          + "throttling.iops-total of -drive");
    }
    return values.error("Unknown driver '" + word + "'; there are raw, file and host_device");
  }

  static Path file(KeyValues values, String key, String name) {
    if (name.isEmpty()) {
      throw values.error(key + "=: must be the name of a file");
    }
    String bare = name.startsWith("file:") ? name.substring(5) : name;
    if (bare.matches("[a-z][a-z0-9+-]+:.*") && !bare.startsWith("/")) {
      throw refused(values, key + ": protocol", bare.substring(0, bare.indexOf(':')));
    }
    return FileName.path(key, bare);
  }

  static Optional<Aio> aio(KeyValues values, String key) {
    return values.take(key).map(word -> {
      Aio found = AIO.get(word);
      if (found == null) {
        throw values.error(word.equals("native")
            ? key + "=native: Ballast has no Linux AIO; io_uring does the same better, and threads work everywhere"
            : key + "=" + word + ": must be threads or io_uring");
      }
      return found;
    });
  }

  static Optional<Locking> locking(KeyValues values, String key) {
    return values.take(key).map(word -> {
      Locking found = LOCKING.get(word);
      if (found == null) {
        throw values.error(key + "=" + word + ": must be auto, on or off");
      }
      return found;
    });
  }

  static Optional<Boolean> discard(KeyValues values, String key) {
    return values.take(key).map(word -> switch (word) {
      case "ignore", "off" -> false;
      case "unmap", "on" -> true;
      default -> throw values.error("Invalid discard option: " + key + "=" + word + " must be ignore or unmap");
    });
  }

  /** What is so anyway, and may be said. */
  static void onlyOff(KeyValues values, String key) {
    values.take(key).filter(word -> !word.equals("off")).ifPresent(word -> {
      throw values.error(key + "=" + word + ": Ballast does not do this; it must be off");
    });
  }
}
