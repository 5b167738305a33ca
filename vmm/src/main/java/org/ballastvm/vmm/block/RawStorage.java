package org.ballastvm.vmm.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.blk.BlkConfig;

/** A file or a block device of the host, as it is. */
final class RawStorage implements Storage {
  private static final long UNSUPPORTED = -Errno.EOPNOTSUPP.code();
  private static final long INVALID = -Errno.EINVAL.code();
  private static final int ZEROS_BYTES = 1 << 20;
  private static final int LARGE_BLOCK_BYTES = 4096;

  private final DiskFile file;
  private final boolean discards;
  private final int alignment;
  /** What the host has said that it cannot do; it is not asked again. */
  private volatile boolean noCachedReads;
  private volatile boolean noHoles;
  private volatile boolean noZeroRange;
  private volatile long sizeBytes;

  /**
   * A file.
   *
   * @param file open
   * @param direct whether it was opened to pass the host's page cache by
   * @param discards whether what is discarded goes back to the host
   */
  RawStorage(DiskFile file, boolean direct, boolean discards) {
    this.file = file;
    this.discards = discards;
    this.sizeBytes = roundedUp(file.sizeBytes());
    this.alignment = direct ? probeAlignment() : 1;
  }

  private static long roundedUp(long bytes) { return bytes + BlkConfig.SECTOR_BYTES - 1 & -BlkConfig.SECTOR_BYTES; }

  /** Reads a little, as the host does not say what it wants. */
  private int probeAlignment() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(LARGE_BLOCK_BYTES, LARGE_BLOCK_BYTES);
      IoVectors one = new IoVectors();
      one.add(block, 0, BlkConfig.SECTOR_BYTES);
      return file.read(one, 0, false) == INVALID ? LARGE_BLOCK_BYTES : BlkConfig.SECTOR_BYTES;
    }
  }

  @Override
  public long sizeBytes() { return sizeBytes; }

  /**
   * Makes the file longer or shorter.
   *
   * @param bytes its new length
   */
  void resize(long bytes) {
    file.truncate(bytes);
    sizeBytes = roundedUp(bytes);
  }

  /** {@return the file} */
  DiskFile file() { return file; }

  @Override
  public int alignmentBytes() { return alignment; }

  @Override
  public boolean canReadCached() { return !noCachedReads; }

  @Override
  public long read(IoVectors into, long offsetBytes, boolean onlyCached) {
    long result = file.read(into, offsetBytes, onlyCached);
    if (result == UNSUPPORTED && onlyCached) {
      noCachedReads = true;
      return RequestIo.WOULD_WAIT;
    }
    return result;
  }

  @Override
  public long write(IoVectors from, long offsetBytes, boolean durable) {
    return file.write(from, offsetBytes, durable);
  }

  @Override
  public long sync() { return file.sync(); }

  /** A hint: where the host cannot take it, it is passed over. */
  @Override
  public long discard(long offsetBytes, long lengthBytes) {
    if (!discardsByHoles()) {
      return 0;
    }
    long result = file.punchHole(offsetBytes, lengthBytes);
    if (result == UNSUPPORTED) {
      noHoles = true;
      return 0;
    }
    return result;
  }

  /** {@return whether what is discarded becomes a hole; nothing is to be done otherwise} */
  boolean discardsByHoles() {
    return discards && !noHoles;
  }

  /**
   * Whether a range is made zero by a hole.
   *
   * @param mayUnmap as of {@link #writeZeroes}
   */
  boolean zeroesByHoles(boolean mayUnmap) { return mayUnmap && discardsByHoles(); }

  /** {@return whether the host may be able to zero a range that keeps its room; it has to be filled otherwise} */
  boolean zeroesRanges() {
    return !noZeroRange;
  }

  @Override
  public long writeZeroes(long offsetBytes, long lengthBytes, boolean mayUnmap) {
    if (zeroesByHoles(mayUnmap)) {
      long result = file.punchHole(offsetBytes, lengthBytes);
      if (result != UNSUPPORTED) {
        return result;
      }
      noHoles = true;
    }
    if (zeroesRanges()) {
      long result = file.zeroRange(offsetBytes, lengthBytes);
      if (result != UNSUPPORTED && result != INVALID) {
        return result;
      }
      noZeroRange = true;
    }
    return fill(offsetBytes, lengthBytes);
  }

  private long fill(long offsetBytes, long lengthBytes) {
    try (Arena arena = Arena.ofConfined()) {
      int most = (int) Math.min(ZEROS_BYTES, lengthBytes);
      MemorySegment zeros = arena.allocate(most, LARGE_BLOCK_BYTES);
      IoVectors one = new IoVectors();
      for (long done = 0; done < lengthBytes;) {
        one.clear();
        one.add(zeros, 0, Math.min(most, lengthBytes - done));
        long result = file.write(one, offsetBytes + done, false);
        if (result <= 0) {
          return result == 0 ? -Errno.ENOSPC.code() : result;
        }
        done += result;
      }
      return 0;
    }
  }

  @Override
  public void close() { file.close(); }
}
