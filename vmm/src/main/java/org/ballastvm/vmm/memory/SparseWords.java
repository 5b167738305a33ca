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
  /** Shifts, here and in those that use this: the JVM's first compiler tier calls a function to divide a long. */
  private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(PAGE_WORDS);
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
    return pages.get((int) (index >>> PAGE_SHIFT)) ? chunk(index).get((int) (index & CHUNK_MASK)) : 0;
  }

  /**
   * Sets one.
   *
   * @throws HostError if the host has no room for the first
   */
  void set(long index, long value) {
    int page = (int) (index >>> PAGE_SHIFT);
    if (!pages.get(page)) {
      if (value == 0) {
        return;
      }
      make(page);
    }
    chunk(index).put((int) (index & CHUNK_MASK), value);
  }

  /**
   * Sets some bits of one.
   *
   * @param mask those bits, at least one
   * @return what it was
   * @throws HostError if the host has no room for the first
   */
  long setBits(long index, long mask) {
    int page = (int) (index >>> PAGE_SHIFT);
    if (!pages.get(page)) {
      make(page);
    }
    LongBuffer chunk = chunk(index);
    int at = (int) (index & CHUNK_MASK);
    long before = chunk.get(at);
    chunk.put(at, before | mask);
    return before;
  }

  /** Clears some bits of one, and returns what it was. */
  long clearBits(long index, long mask) {
    if (!pages.get((int) (index >>> PAGE_SHIFT))) {
      return 0;
    }
    LongBuffer chunk = chunk(index);
    int at = (int) (index & CHUNK_MASK);
    long before = chunk.get(at);
    chunk.put(at, before & ~mask);
    return before;
  }

  private LongBuffer chunk(long index) { return chunks[(int) (index >>> CHUNK_SHIFT)]; }

  /** A page is about to have the first of its words set. */
  private void make(int page) {
    if (mapping == null) {
      map();
    }
    pages.set(page);
  }

  private void map() {
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
    int page = pages.nextSetBit((int) (index >>> PAGE_SHIFT));
    return page < 0 ? Long.MAX_VALUE : Math.max(index, (long) page << PAGE_SHIFT);
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
