package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.kvm_dirty_log;

/**
 * What {@link KvmVm#getDirtyLog} fills: which pages of a memory slot were written to. Whoever closes it knows that nobody
 * looks at it any more.
 */
public final class DirtyLog implements AutoCloseable {
  private static final int PAGE_SHIFT = 12;
  private static final int WORD_SHIFT = 6;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment request = arena.allocate(kvm_dirty_log.SIZE, 8);
  private final MemorySegment bits;

  /**
   * An empty log.
   *
   * @param slotBytes the size of the slot, a multiple of 4 KiB above zero
   */
  public DirtyLog(long slotBytes) {
    bits = arena.allocate(JAVA_LONG, slotBytes + (1L << PAGE_SHIFT + WORD_SHIFT) - 1 >>> PAGE_SHIFT + WORD_SHIFT);
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
  public void close() { arena.close(); }
}
