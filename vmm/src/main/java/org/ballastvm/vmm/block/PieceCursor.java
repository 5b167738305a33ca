package org.ballastvm.vmm.block;

import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.queue.GuestMemory.Access;
import org.ballastvm.vmm.memory.GuestRam;

/** Where in a request's buffers the next piece of memory begins for the host to read or write. Allocates nothing. */
final class PieceCursor {
  private int segment;
  private long inSegment;

  /** Goes to the first buffer. */
  void start() {
    segment = 0;
    inSegment = 0;
  }

  /**
   * Collects the pieces that come next: all, or as many as there is room for.
   *
   * @param request whose buffers
   * @param ram where they are
   * @param into has none yet
   * @throws org.ballastvm.virtio.queue.GuestError if a buffer is memory no more
   */
  void collect(BlkRequest request, GuestRam ram, IoVectors into) {
    Access access = request.kind() == BlkRequest.Kind.READ ? Access.WRITE : Access.READ;
    while (segment < request.segmentCount() && !into.isFull()) {
      long left = request.segmentBytes(segment) - inSegment;
      long added = ram.collect(request.address(segment) + inSegment, left, access, into);
      inSegment += added;
      if (added == left) {
        segment++;
        inSegment = 0;
      }
    }
  }
}
