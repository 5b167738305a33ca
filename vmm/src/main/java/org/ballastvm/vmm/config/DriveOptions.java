package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.ImageConfig.Aio;
import org.ballastvm.vmm.config.ImageConfig.Locking;

/** {@code -drive}. */
public final class DriveOptions {
  private static final List<String> OTHER_INTERFACES = List.of("ide", "scsi", "sd", "mtd", "floppy", "pflash", "xen");
  private static final String ALLOWED = "file, if, id, node-name, format, readonly, read-only, media, index, cache, "
      + "cache.writeback, cache.direct, cache.no-flush, aio, discard, snapshot, werror, rerror, file.locking, "
      + "throttling.bps-total, throttling.iops-total, detect-zeroes, copy-on-read";
  private static final List<String> OTHER_LIMITS = List.of("throttling.bps-read", "throttling.bps-write",
      "throttling.iops-read", "throttling.iops-write", "throttling.bps-total-max", "throttling.iops-total-max",
      "throttling.iops-size", "throttling.group", "bps_rd", "bps_wr", "iops_rd", "iops_wr");

  /** Formats that qemu-storage-daemon reads and writes. */
  private static final List<String> SERVED = List.of("qcow2", "qed", "vdi", "vhdx", "vmdk", "vpc");

  private DriveOptions() {}

  /** {@code cache}: what a word of it stands for. */
  private enum Cache {
    NONE(true, true, false), WRITEBACK(true, false, false), WRITETHROUGH(false, false, false), DIRECTSYNC(false, true,
        false), UNSAFE(true, false, true);

    private final boolean writeback;
    private final boolean direct;
    private final boolean noFlush;

    Cache(boolean writeback, boolean direct, boolean noFlush) {
      this.writeback = writeback;
      this.direct = direct;
      this.noFlush = noFlush;
    }

    static Cache take(KeyValues values) {
      return values.take("cache").map(word -> switch (word) {
        case "none", "off" -> NONE;
        case "writeback" -> WRITEBACK;
        case "writethrough" -> WRITETHROUGH;
        case "directsync" -> DIRECTSYNC;
        case "unsafe" -> UNSAFE;
        default -> throw values.error("invalid cache option: cache=" + word
            + " must be none, writeback, writethrough, directsync or unsafe");
      }).orElse(WRITEBACK);
    }
  }

  /**
   * Parses.
   *
   * @param values what stands behind {@code -drive}
   * @param index how many drives came before it, for one without an id
   * @return the drive
   * @throws UserError for what Ballast does not have, by name
   */
  public static DriveConfig parse(KeyValues values, int index) {
    boolean plugged = isPlugged(values);
    String id = values.takeId().orElse((plugged ? "virtio" : "none") + index);
    Optional<String> format = values.take("format");
    Optional<String> foreign = format.filter(word -> isForeign(values, word));
    Path file = ImageOptions.file(values, "file", values.require("file"));
    boolean readOnly = isReadOnly(values);
    Cache cache = Cache.take(values);
    boolean writeback = values.takeBoolean("cache.writeback", cache.writeback);
    boolean direct = values.takeBoolean("cache.direct", cache.direct);
    boolean noFlush = values.takeBoolean("cache.no-flush", cache.noFlush);
    boolean snapshot = values.takeBoolean("snapshot", false);
    Aio aio = ImageOptions.aio(values, "aio").orElse(Aio.THREADS);
    boolean discard = ImageOptions.discard(values, "discard").orElse(false);
    Locking locking = ImageOptions.locking(values, "file.locking").orElse(Locking.AUTO);
    DriveConfig.Use use = new DriveConfig.Use(writeback,
        ErrorPolicy.take(values, "werror", DriveConfig.Use.DEFAULTS.onWriteError()),
        ErrorPolicy.take(values, "rerror", DriveConfig.Use.DEFAULTS.onReadError()),
        limit(values, "throttling.bps-total", "bps"), limit(values, "throttling.iops-total", "iops"));
    Optional<String> nodeName = values.take("node-name").map(name -> BlockdevOptions.nodeName(values, name));
    ImageOptions.onlyOff(values, "detect-zeroes");
    ImageOptions.onlyOff(values, "copy-on-read");
    OTHER_LIMITS.forEach(key -> values.take(key).ifPresent(value -> {
      throw values.error(key + "=" + value + ": Ballast limits all of a disk alone: throttling.bps-total and "
          + "throttling.iops-total");
    }));
    values.refuseRest(ALLOWED);
    DriveConfig drive = new DriveConfig(id, nodeName, new ImageConfig(file, false, readOnly, direct, noFlush, aio,
        discard, locking, snapshot, format.isEmpty()), use, plugged, foreign);
    foreign.ifPresent(word -> refuseOurs(values, drive, word));
    return drive;
  }

  private static boolean isPlugged(KeyValues values) {
    String word = values.take("if").orElse("virtio");
    if (OTHER_INTERFACES.contains(word)) {
      throw values
          .error("if=" + word + ": Ballast has virtio alone; if must be virtio, or none for a -device of its own");
    }
    if (!word.equals("virtio") && !word.equals("none")) {
      throw values.error("unsupported bus type '" + word + "': if must be virtio or none");
    }
    return word.equals("virtio");
  }

  private static boolean isForeign(KeyValues values, String word) {
    if (!word.equals("raw") && !SERVED.contains(word)) {
      throw ImageOptions.refused(values, "format", word);
    }
    return !word.equals("raw");
  }

  /** What Ballast's own disks have, and one that qemu-storage-daemon has does not. */
  private static void refuseOurs(KeyValues values, DriveConfig drive, String format) {
    DriveConfig.Use use = drive.use();
    DriveConfig.Use usual = DriveConfig.Use.DEFAULTS;
    if (drive.image().snapshot() || !use.equals(usual)) {
      String what = drive.image().snapshot()
          ? "snapshot"
          : use.writeCache() != usual.writeCache()
              ? "cache=writethrough and cache=directsync"
              : use.bytesPerSecond() + use.requestsPerSecond() > 0 ? "throttling" : "werror and rerror";
      throw values.error("format=" + format + ": qemu-storage-daemon has the disk, without " + what);
    }
  }

  /** A CD is a disk that is only read. Which comes first is said by their order. */
  private static boolean isReadOnly(KeyValues values) {
    boolean cd = values.take("media").map(word -> switch (word) {
      case "disk" -> false;
      case "cdrom" -> true;
      default -> throw values.error("'" + word + "' invalid media: must be disk or cdrom");
    }).orElse(false);
    values.takeInt("index", 0, Integer.MAX_VALUE);
    boolean readOnly = values.takeBoolean("readonly", cd);
    return values.takeBoolean("read-only", readOnly);
  }

  private static long limit(KeyValues values, String key, String old) {
    long limit = values.takeSize(key, 1).orElse(0L);
    return values.takeSize(old, 1).orElse(limit);
  }
}
