package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongUnaryOperator;
import org.ballastvm.virtio.MemoryReclaim;

/**
 * What the device asks the host for, written down instead of done: the same ranges can then be given back in C, without
 * any writing in what is measured. Of huge pages the host takes whole ones, when the last of their pages has come.
 */
final class HostCalls implements MemoryReclaim, AutoCloseable {
  private static final long HUGE_PAGE_BYTES = 2L << 20;

  private final BalloonMemory memory;
  private final LongUnaryOperator offsetOf;
  private final RangeFile ranges;
  private final RangeFile hugePages;
  private final long[] heldBytes;

  /**
   * Writes to files in a directory.
   *
   * @param memory what the calls are for
   * @param sizeBytes of the guest's memory
   * @param offsetOf where in its memory a guest physical address is
   */
  HostCalls(Path directory, BalloonMemory memory, long sizeBytes, LongUnaryOperator offsetOf) throws IOException {
    this.memory = memory;
    this.offsetOf = offsetOf;
    ranges = new RangeFile(directory.resolve("merged"));
    hugePages = new RangeFile(directory.resolve("huge"));
    heldBytes = new long[(int) (sizeBytes / HUGE_PAGE_BYTES) + 1];
  }

  @Override
  public void discard(long gpa, long lengthBytes) {
    long offset = offsetOf.applyAsLong(gpa);
    ranges.add(offset, lengthBytes);
    holdParts(offset, offset + lengthBytes);
  }

  private void holdParts(long start, long end) {
    long whole = 0;
    long next = 0;
    for (long at = start; at < end;) {
      int page = (int) (at / HUGE_PAGE_BYTES);
      long pageEnd = (page + 1) * HUGE_PAGE_BYTES;
      heldBytes[page] += Math.min(end, pageEnd) - at;
      if (heldBytes[page] == HUGE_PAGE_BYTES) {
        whole = next == pageEnd - HUGE_PAGE_BYTES ? whole + HUGE_PAGE_BYTES : HUGE_PAGE_BYTES;
        next = pageEnd;
      } else if (whole > 0) {
        hugePages.add(next - whole, whole);
        whole = 0;
      }
      at = pageEnd;
    }
    if (whole > 0) {
      hugePages.add(next - whole, whole);
    }
  }

  @Override
  public void makePresent(long gpa, long lengthBytes) {
    // A balloon that only grows takes nothing back.
  }

  @Override
  public boolean countsParts(long gpa) { return memory == BalloonMemory.HUGETLB; }

  /** {@return the ranges that the host takes of such memory} */
  RangeFile ranges() {
    return memory == BalloonMemory.HUGETLB ? hugePages : ranges;
  }

  @Override
  public void close() throws IOException {
    ranges.close();
    hugePages.close();
  }
}
