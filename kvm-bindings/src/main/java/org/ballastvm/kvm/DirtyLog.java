package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.kvm_dirty_log;

/**
 * What {@link KvmVm#getDirtyLog} fills: which pages of a memory slot were written to. Whoever closes it knows that nobody
 * looks at it any more.
 *
 * <p>
 * It is memory of its own, which the host gives when KVM fills it: the JVM bounds what it allocates outside the heap by the
 * size of the heap, and the log of a slot of 3 TiB is as large as that.
 */
public final class DirtyLog implements AutoCloseable {
  private static final int PAGE_SHIFT = 12;
  private static final int WORD_SHIFT = 6;
  /** Where the bits begin, behind the request. */
  private static final long BITS_OFFSET = 64;

  private final HostMapping mapping;
  private final MemorySegment request;
  private final MemorySegment bits;

  /**
   * An empty log.
   *
   * @param slotBytes the size of the slot, a multiple of 4 KiB above zero, below the 8 TiB that KVM allows
   * @throws HostError ENOMEM
   */
  public DirtyLog(long slotBytes) {
    long words = slotBytes + (1L << PAGE_SHIFT + WORD_SHIFT) - 1 >>> PAGE_SHIFT + WORD_SHIFT;
    long sizeBytes = BITS_OFFSET + words * Long.BYTES;
    mapping = HostMapping.anonymous(sizeBytes + 4095 & -4096, false, false);
    request = mapping.chunk(0).asSlice(0, kvm_dirty_log.SIZE);
    bits = mapping.chunk(0).asSlice(BITS_OFFSET, words * Long.BYTES);
    set64(request, kvm_dirty_log.dirty_bitmap, bits.address());
  }

  /** {@return how many words there are, of 64 pages each} */
  public long wordCount() {
    return bits.byteSize() / Long.BYTES;
  }

  /**
   * A word.
   *
   * @param index from 0
   * @return a bit for each page, the lowest for the first: set if it was written to
   */
  public long word(long index) { return bits.getAtIndex(JAVA_LONG, index); }

  MemorySegment request(int slot) {
    set32(request, kvm_dirty_log.slot, slot);
    return request;
  }

  @Override
  public void close() { mapping.close(); }
}
