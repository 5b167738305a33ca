package org.ballastvm.vmm.block;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.virtio.blk.BlkRequest;

/** Requests in the order in which they came. Any thread; allocates nothing. */
final class RequestList {
  private BlkRequest first;
  private BlkRequest last;

  synchronized void add(BlkRequest request) {
    request.link(null);
    if (first == null) {
      first = request;
    } else {
      last.link(request);
    }
    last = request;
  }

  /** The first one, or null. */
  synchronized BlkRequest poll() {
    BlkRequest request = first;
    if (request != null) {
      first = request.link();
      request.link(null);
    }
    return request;
  }

  /** The first one, counted as begun in the same step: whoever empties this list then sees all that has left it. */
  synchronized BlkRequest begin(AtomicInteger begun) {
    BlkRequest request = poll();
    if (request != null) {
      begun.incrementAndGet();
    }
    return request;
  }

  /** The only one, or null. */
  synchronized BlkRequest single() {
    return first != null && first.link() == null ? first : null;
  }

  synchronized boolean isEmpty() { return first == null; }

  synchronized void clear() {
    first = null;
    last = null;
  }
}
