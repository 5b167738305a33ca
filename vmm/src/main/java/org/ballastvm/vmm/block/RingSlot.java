package org.ballastvm.vmm.block;

import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryUses;

/**
 * A request in a ring: how far it is, and the pieces of memory that the kernel works on. One after the other; on the thread that
 * the ring belongs to. Allocates nothing but room for more pieces than any request before had.
 */
final class RingSlot {
  private static final int FEW_PIECES = 16;

  private final int index;
  private final PieceCursor cursor = new PieceCursor();
  private IoVectors vectors = new IoVectors(FEW_PIECES);
  private BlkRequest request;
  private long doneBytes;
  private long startNanos;
  private boolean usesMemory;
  private int use;
  /** In the engine's list of those that are free. */
  RingSlot next;

  /** @param index which it is, the token of its requests */
  RingSlot(int index) { this.index = index; }

  int index() { return index; }

  BlkRequest request() { return request; }

  /** {@return how much of it is read or written, in bytes} */
  long doneBytes() { return doneBytes; }

  /** {@return when it began if nothing else was under way, by System.nanoTime; 0 otherwise} */
  long startNanos() {
    return startNanos;
  }

  /** The pieces that are to be read or written next. */
  IoVectors vectors() { return vectors; }

  void begin(BlkRequest which, long nanos) {
    request = which;
    startNanos = nanos;
    doneBytes = 0;
    cursor.start();
    vectors.clear();
    if (which.segmentCount() > vectors.most()) {
      // A segment may be in several pieces; what there is no room for goes in a second round.
      vectors = new IoVectors(Math.min(IoVectors.MOST, Integer.highestOneBit(which.segmentCount()) * 2));
    }
  }

  /** Guest memory stays where it is from here on until {@link #leaveMemory}. */
  void useMemory(MemoryUses uses) {
    use = uses.begin();
    usesMemory = true;
  }

  void leaveMemory(MemoryUses uses) {
    if (usesMemory) {
      usesMemory = false;
      uses.end(use);
    }
  }

  /**
   * Collects pieces if there are none.
   *
   * @throws org.ballastvm.virtio.queue.GuestError if a buffer is memory no more
   */
  void collect(GuestRam ram) {
    if (vectors.bytes() == 0) {
      vectors.clear();
      cursor.collect(request, ram, vectors);
    }
  }

  /** The host has read or written so much more. */
  void moved(long bytes) {
    vectors.skip(bytes);
    doneBytes += bytes;
  }

  boolean isDone() { return doneBytes == request.lengthBytes(); }
}
