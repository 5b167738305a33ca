package org.ballastvm.vmm.memory;

import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.BitSet;
import org.ballastvm.kvm.Advice;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.vmm.config.PageSize;

/**
 * Numbers of 64 bits, by index, all zero at first. They are outside the heap, which is as large for every guest, and the
 * host gives a page of them when one in it is first set.
 *
 * <p>
 * For one thread at a time. Allocates nothing after the first that is set.
 */
final class SparseWords implements AutoCloseable {
  private static final int PAGE_WORDS = PageSize.BYTES / Long.BYTES;
  private static final int CHUNK_SHIFT = Long.numberOfTrailingZeros(HostMapping.CHUNK_BYTES / Long.BYTES);
  private static final long CHUNK_MASK = (1L << CHUNK_SHIFT) - 1;

  private final long count;
  /** A bit for each page: of the others, nothing is read. */
  private BitSet pages = new BitSet();
  private LongBuffer[] chunks = {};
  private HostMapping mapping;

  /**
   * All zero.
   *
   * @param count how many there are, above zero
   */
  SparseWords(long count) { this.count = count; }

  long get(long index) {
    return pages.get((int) (index / PAGE_WORDS)) ? chunk(index).get((int) (index & CHUNK_MASK)) : 0;
  }

  /**
   * Sets one.
   *
   * @throws HostError if the host has no room for the first
   */
  void set(long index, long value) {
    int page = (int) (index / PAGE_WORDS);
    if (!pages.get(page)) {
      if (value == 0) {
        return;
      }
      make();
      pages.set(page);
    }
    chunk(index).put((int) (index & CHUNK_MASK), value);
  }

  private LongBuffer chunk(long index) { return chunks[(int) (index >>> CHUNK_SHIFT)]; }

  private void make() {
    if (mapping != null) {
      return;
    }
    long pageCount = Math.ceilDiv(count, PAGE_WORDS);
    mapping = HostMapping.anonymous(pageCount * PAGE_WORDS * Long.BYTES, false, false);
    refuseHugePages();
    pages = new BitSet(Math.toIntExact(pageCount));
    chunks = new LongBuffer[mapping.chunkCount()];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = mapping.chunk(i).asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
    }
  }

  /** A huge page for one number would be 512 times as much memory. */
  private void refuseHugePages() {
    try {
      mapping.advise(0, mapping.sizeBytes(), Advice.NOHUGEPAGE);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.EINVAL)) { // A kernel that has none.
        throw e;
      }
    }
  }

  /** The first index from one on that may be other than zero; {@link Long#MAX_VALUE} if there is none. */
  long nextSet(long index) {
    int page = pages.nextSetBit((int) (index / PAGE_WORDS));
    return page < 0 ? Long.MAX_VALUE : Math.max(index, (long) page * PAGE_WORDS);
  }

  /** Makes all of them zero, and gives the host their memory. */
  void clear() { close(); }

  /** The same: setting one later begins again. */
  @Override
  public void close() {
    pages = new BitSet();
    chunks = new LongBuffer[0];
    if (mapping != null) {
      mapping.close();
      mapping = null;
    }
  }
}
