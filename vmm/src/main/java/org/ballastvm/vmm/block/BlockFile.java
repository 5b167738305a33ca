package org.ballastvm.vmm.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.UserError;

/** A file or block device of the host, open, with what keeps others from it. Confined to the event loop. */
final class BlockFile implements AutoCloseable {
  /** First bytes of formats, little-endian: a guest would see the format's inside, and perhaps overwrite it. */
  private static final Map<Integer, String> FORMATS = Map.of(0xfb494651, "qcow2", 0x564d444b, "vmdk", 0x78646876,
      "vhdx",
      0x00444551, "qed");
  private static final int LOOK_BYTES = 4096;

  private final ImageConfig config;
  private final DiskFile file;
  private final RawStorage raw;
  private final Storage storage;
  private ImageLock lock;

  private BlockFile(ImageConfig config, DiskFile file) {
    this.config = config;
    this.file = file;
    this.raw = new RawStorage(file, config.direct(), config.discard());
    this.storage = config.snapshot() ? new OverlayStorage(raw, DiskFile.unnamedIn(temporary())) : raw;
  }

  /** Where QEMU puts such files. */
  private static Path temporary() {
    String directory = System.getenv("TMPDIR");
    return Path.of(directory == null || directory.isEmpty() ? "/var/tmp" : directory);
  }

  /**
   * Opens it.
   *
   * @param config what and how
   * @throws UserError if it is of another kind, or of a format that nobody said
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  static BlockFile open(ImageConfig config) {
    DiskFile file = DiskFile.open(config.file(), config.readOnly() || config.snapshot(), config.direct());
    try {
      if (config.hostDevice() && !file.isBlockDevice()) {
        throw new UserError("'host_device' driver requires '" + config.file() + "' to be a block device");
      }
      if (config.guessed()) {
        refuseFormats(config, file);
      }
      return new BlockFile(config, file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void refuseFormats(ImageConfig config, DiskFile file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment begin = arena.allocate(LOOK_BYTES, LOOK_BYTES);
      IoVectors one = new IoVectors();
      one.add(begin, 0, LOOK_BYTES);
      file.read(one, 0, false);
      String format = FORMATS.get(begin.get(ValueLayout.JAVA_INT, 0));
      if (format != null) {
        throw new UserError("file=" + config.file() + ": looks like an image of format " + format
            + ", and Ballast's own"
            + " disks are raw alone; 'qemu-img convert -O raw' makes a raw file of it, and format=raw takes it as it is");
      }
    }
  }

  ImageConfig config() { return config; }

  Storage storage() { return storage; }

  /** {@return the file if requests go to it as they are; empty for one whose writes go elsewhere} */
  Optional<RawStorage> raw() {
    return config.snapshot() ? Optional.empty() : Optional.of(raw);
  }

  long allocatedBytes() { return file.allocatedBytes(); }

  /**
   * Keeps others from it.
   *
   * @param readOnly whether it is only read
   * @param shared whether others may write to it
   * @throws UserError if somebody has it
   */
  void lock(boolean readOnly, boolean shared) {
    lock = ImageLock.take(file, readOnly || config.snapshot(), shared, config.locking());
  }

  void unlock() {
    if (lock != null) {
      lock.release();
      lock = null;
    }
  }

  void resize(long bytes) {
    if (file.isBlockDevice()) {
      throw new UserError("Cannot grow device files: " + config.file() + " has the size that the host gives it");
    }
    if (config.snapshot()) {
      throw new UserError(config.file() + " has snapshot=on: its size cannot be changed");
    }
    raw.resize(bytes);
  }

  @Override
  public void close() { storage.close(); }
}
