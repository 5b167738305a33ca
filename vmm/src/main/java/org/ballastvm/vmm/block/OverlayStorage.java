package org.ballastvm.vmm.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.IoVectors;

/**
 * {@code snapshot=on}: what is written goes to a sparse file without a name, at the same places, and a bit for each block of
 * 4 KiB says that it is there. What is below is read alone, and the file is gone with this.
 */
final class OverlayStorage implements Storage {
  private static final int BLOCK_SHIFT = 12;
  private static final int BLOCK_BYTES = 1 << BLOCK_SHIFT;
  /** Bits come in pieces of 8 KiB, for 256 MiB of disk each. */
  private static final int PIECE_WORDS = 1024;
  private static final long PIECE_BLOCKS = (long) PIECE_WORDS * Long.SIZE;

  private final Storage below;
  private final DiskFile file;
  private final AtomicReferenceArray<AtomicLongArray> written;
  private volatile boolean noHoles;

  /**
   * Nothing is written yet.
   *
   * @param below what is read where nothing was written
   * @param file empty, to be closed with this
   */
  OverlayStorage(Storage below, DiskFile file) {
    this.below = below;
    this.file = file;
    long blocks = Math.ceilDiv(below.sizeBytes(), BLOCK_BYTES);
    this.written = new AtomicReferenceArray<>((int) Math.ceilDiv(blocks, PIECE_BLOCKS));
  }

  private boolean isWritten(long block) {
    AtomicLongArray piece = written.get((int) (block / PIECE_BLOCKS));
    int bit = (int) (block % PIECE_BLOCKS);
    return piece != null && (piece.get(bit / Long.SIZE) & 1L << bit % Long.SIZE) != 0;
  }

  private void nowWritten(long block) {
    int index = (int) (block / PIECE_BLOCKS);
    if (written.get(index) == null) {
      written.compareAndSet(index, null, new AtomicLongArray(PIECE_WORDS));
    }
    int bit = (int) (block % PIECE_BLOCKS);
    written.get(index).getAndAccumulate(bit / Long.SIZE, 1L << bit % Long.SIZE, (one, other) -> one | other);
  }

  /** How much from a place on is all written, or all not, at most so much. */
  private long runBytes(long offset, long mostBytes) {
    boolean kind = isWritten(offset >> BLOCK_SHIFT);
    long end = (offset >> BLOCK_SHIFT) + 1;
    while ((end << BLOCK_SHIFT) - offset < mostBytes && isWritten(end) == kind) {
      end++;
    }
    return Math.min(mostBytes, (end << BLOCK_SHIFT) - offset);
  }

  @Override
  public long sizeBytes() { return below.sizeBytes(); }

  @Override
  public boolean canReadCached() { return below.canReadCached(); }

  @Override
  public long read(IoVectors into, long offsetBytes, boolean onlyCached) {
    long run = runBytes(offsetBytes, into.bytes());
    int all = into.limit(run);
    try {
      if (!isWritten(offsetBytes >> BLOCK_SHIFT)) {
        return below.read(into, offsetBytes, onlyCached);
      }
      long result = file.read(into, offsetBytes, onlyCached);
      return result == -Errno.EOPNOTSUPP.code() && onlyCached ? RequestIo.WOULD_WAIT : result;
    } finally {
      into.unlimit(all);
    }
  }

  @Override
  public long write(IoVectors from, long offsetBytes, boolean durable) {
    long end = offsetBytes + from.bytes();
    if ((offsetBytes & BLOCK_BYTES - 1) == 0 && (end & BLOCK_BYTES - 1) == 0) {
      return marked(file.write(from, offsetBytes, false), offsetBytes);
    }
    synchronized (this) { // Two may write to parts of one block.
      long trouble = bringUp(offsetBytes, end);
      return trouble < 0 ? trouble : marked(file.write(from, offsetBytes, false), offsetBytes);
    }
  }

  /** Blocks that were written in part are not marked: what is done again writes them again, or the request has failed. */
  private long marked(long result, long offset) {
    for (long block = Math.ceilDiv(offset, BLOCK_BYTES); result > 0
        && block < offset + result >> BLOCK_SHIFT; block++) {
      nowWritten(block);
    }
    return result;
  }

  /** Copies blocks that are going to be written in part from below. */
  private long bringUp(long offset, long end) {
    long first = bringUp(offset);
    return first < 0 || (end & BLOCK_BYTES - 1) == 0 ? first : bringUp(end);
  }

  private long bringUp(long offset) {
    long start = offset & -BLOCK_BYTES;
    if (start == offset || isWritten(offset >> BLOCK_SHIFT)) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK_BYTES, BLOCK_BYTES);
      IoVectors one = new IoVectors();
      one.add(block, 0, BLOCK_BYTES);
      long result = below.read(one, start, false);
      if (result < 0) {
        return result;
      }
      one.clear();
      one.add(block, 0, BLOCK_BYTES); // Behind the end of the file there are zeros.
      result = file.write(one, start, false);
      if (result != BLOCK_BYTES) {
        return result < 0 ? result : -Errno.ENOSPC.code();
      }
      nowWritten(start >> BLOCK_SHIFT);
      return 0;
    }
  }

  /** Nobody sees it after a loss of power. */
  @Override
  public long sync() { return 0; }

  /** Reads as zeros from then on, as the room that is given back does. */
  @Override
  public long discard(long offsetBytes, long lengthBytes) {
    return noHoles ? 0 : writeZeroes(offsetBytes, lengthBytes, true);
  }

  @Override
  public long writeZeroes(long offsetBytes, long lengthBytes, boolean mayUnmap) {
    long end = offsetBytes + lengthBytes;
    synchronized (this) {
      long trouble = bringUp(offsetBytes, end);
      if (trouble < 0) {
        return trouble;
      }
      long result = file.punchHole(offsetBytes, lengthBytes);
      if (result < 0) {
        noHoles = true;
        return result;
      }
      marked(lengthBytes, offsetBytes);
      return 0;
    }
  }

  @Override
  public int alignmentBytes() { return below.alignmentBytes(); }

  @Override
  public void close() {
    file.close();
    below.close();
  }
}
