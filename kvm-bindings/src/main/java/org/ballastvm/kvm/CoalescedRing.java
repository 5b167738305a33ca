package org.ballastvm.kvm;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.ballastvm.kvm.generated.Offsets.kvm_coalesced_mmio;
import org.ballastvm.kvm.generated.Offsets.kvm_coalesced_mmio_ring;

/**
 * What guests wrote to addresses for which KVM does not leave the guest: {@code struct kvm_coalesced_mmio_ring},
 * linux/kvm.h. A VM has one; each vCPU has it in its own mapping, behind the run page.
 *
 * <p>
 * KVM fills it; whoever holds this object's lock empties it. A ring that is full makes KVM leave the guest.
 */
final class CoalescedRing {
  private static final int PAGE_BYTES = 4096;
  private static final int FIRST = (int) kvm_coalesced_mmio_ring.first;
  private static final int LAST = (int) kvm_coalesced_mmio_ring.last;
  private static final int ENTRIES = (int) kvm_coalesced_mmio_ring.coalesced_mmio;
  private static final int ENTRY_BYTES = (int) kvm_coalesced_mmio.SIZE;
  /** {@code KVM_COALESCED_MMIO_MAX}: as many as fit into a page. */
  private static final int MOST = (PAGE_BYTES - ENTRIES) / ENTRY_BYTES;

  /** Length, and in the upper half whether to a port. */
  private static final int TARGET = (int) kvm_coalesced_mmio.len;

  private final long[] values = new long[MOST];
  /** Where it is in a vCPU's mapping, in bytes; 0 while KVM coalesces nothing. */
  private volatile int offset;
  /** What one vCPU has taken off may not have come to its device yet; the next exit of another one waits for that. */
  private volatile boolean taking;

  /**
   * Says where it is.
   *
   * @param page of a vCPU's mapping, as {@link KvmCap#COALESCED_MMIO} says
   */
  void beginsAt(int page) { offset = page * PAGE_BYTES; }

  /**
   * Whether all that was in it has come to its device: a look at a field, and one at the page once KVM coalesces.
   *
   * @param mapping a vCPU's
   */
  boolean isEmpty(ByteBuffer mapping) {
    int at = offset;
    if (at == 0) {
      return true;
    }
    long bothEnds = mapping.getLong(at + FIRST);
    VarHandle.acquireFence(); // Whoever sees the beginning moved sees who moved it at work.
    return !taking && (int) bothEnds == (int) (bothEnds >>> Integer.SIZE);
  }

  /**
   * Hands on what is in it, the oldest first, and together what went to one address one after the other.
   *
   * @param mapping a vCPU's
   * @param taker takes all
   */
  synchronized void empty(ByteBuffer mapping, WriteTaker taker) {
    taking = true;
    try {
      takeAll(mapping, taker);
    } finally {
      taking = false;
    }
  }

  private void takeAll(ByteBuffer mapping, WriteTaker taker) {
    int first = mapping.getInt(offset + FIRST);
    int last = mapping.getInt(offset + LAST);
    VarHandle.acquireFence(); // KVM fills an entry before it moves the end behind it.
    while (first != last) {
      long address = address(mapping, first);
      long target = target(mapping, first);
      int lengthBytes = (int) target;
      long mask = lengthBytes == Long.BYTES ? -1 : (1L << lengthBytes * Byte.SIZE) - 1;
      int count = 0;
      do {
        values[count++] = mapping.getLong(entry(first) + (int) kvm_coalesced_mmio.data) & mask;
        first = (first + 1) % MOST;
      } while (first != last && address(mapping, first) == address && target(mapping, first) == target);
      VarHandle.releaseFence(); // From here on, KVM may fill the entries again.
      mapping.putInt(offset + FIRST, first);
      taker.write(target >>> Integer.SIZE != 0, address, lengthBytes, values, count);
    }
  }

  private int entry(int index) { return offset + ENTRIES + index * ENTRY_BYTES; }

  private long address(ByteBuffer mapping, int index) {
    return mapping.getLong(entry(index) + (int) kvm_coalesced_mmio.phys_addr);
  }

  private long target(ByteBuffer mapping, int index) { return mapping.getLong(entry(index) + TARGET); }
}
