package org.ballastvm.vmm.config;

import java.nio.file.Path;

/**
 * A file or block device of the host that a disk is on, and how it is used.
 *
 * @param file its name
 * @param hostDevice whether it has to be a block device
 * @param readOnly whether it is only read
 * @param direct {@code cache.direct}: the host's page cache is passed by
 * @param noFlush {@code cache.no-flush}: what a guest flushes is left in the host's cache
 * @param aio who does reads and writes
 * @param discard whether what a guest discards is given back to the host
 * @param locking whether others are kept from it, and are looked for
 * @param snapshot whether writes go to a file of their own, which is gone at the end
 * @param guessed whether nobody has said that it is raw: a file that looks like another format is refused then
 */
public record ImageConfig(Path file, boolean hostDevice, boolean readOnly, boolean direct, boolean noFlush, Aio aio,
    boolean discard, Locking locking, boolean snapshot,
    boolean guessed) {
  /** Who does reads and writes, by QEMU's words. */
  public enum Aio {
    /** Threads. */
    THREADS("threads"),
    /** The kernel, asked by a ring. */
    IO_URING("io_uring");

    private final String word;

    Aio(String word) { this.word = word; }

    /** {@return what users call it} */
    public String word() { return word; }
  }

  /** Whether others are kept from a file, by QEMU's words. */
  public enum Locking {
    /** Where the file system can. */
    AUTO,
    /** Always. */
    ON,
    /** Never. */
    OFF
  }

  /**
   * A raw file as most people use it: by the host's cache, and by threads.
   *
   * @param file its name
   * @return how it is used
   */
  public static ImageConfig of(Path file) {
    return new ImageConfig(file, false, false, false, false, Aio.THREADS, false, Locking.AUTO, false, true);
  }

  /** {@return the same, only read} */
  public ImageConfig asReadOnly() {
    return new ImageConfig(file, hostDevice, true, direct, noFlush, aio, discard, locking, snapshot, guessed);
  }

  /** {@return the same, whose writes go to a file of their own, which is gone at the end} */
  public ImageConfig asSnapshot() {
    return new ImageConfig(file, hostDevice, readOnly, direct, noFlush, aio, discard, locking, true, guessed);
  }

  /**
   * The same by others.
   *
   * @param who does reads and writes
   * @return it
   */
  public ImageConfig by(Aio who) {
    return new ImageConfig(file, hostDevice, readOnly, direct, noFlush, who, discard, locking, snapshot, guessed);
  }

  /** {@return the driver of its node, by QEMU's name} */
  public String driver() {
    return hostDevice ? "host_device" : "file";
  }
}
