package org.ballastvm.virtio.p9;

/** Where requests are worked on, beside the event loop: a bounded number of threads. */
public interface P9Workers {
  /**
   * Has a request done, soon. A device has no more of them than its queue has entries. Must not block.
   *
   * @param request what
   */
  void work(Runnable request);

  /** The device is gone: gives the threads back when they are through. */
  void close();
}
