package org.ballastvm.vmm.block;

import org.ballastvm.virtio.blk.BlkRequest;

/** Does requests on a storage, many at a time. What {@link org.ballastvm.virtio.blk.Disk} asks of a disk is said there. */
interface Engine extends AutoCloseable {
  /** Hears of each request that was done. */
  @FunctionalInterface
  interface Done {
    /**
     * A request was done, or could not be. On any thread; takes what it has to and does not block.
     *
     * @param request which; it is not the engine's any more
     * @param result 0, or a negated errno
     */
    void done(BlkRequest request, long result);
  }

  /**
   * Says whom it notifies. Called once, before all else.
   *
   * @param done hears of each request
   * @param some called after one request or several were done and the engine counts them no more, under no lock
   */
  void start(Done done, Runnable some);

  /** Takes a request; under the transport's lock. */
  void submit(BlkRequest request);

  /** Does what was submitted, or sees to it. On the thread that hears the doorbells. */
  void work();

  /** Forgets what has not begun. */
  void drop();

  /** {@return whether nothing has begun that is not done} */
  boolean isIdle();

  /** {@return whether nothing was submitted that is not done} */
  boolean isDone();

  /** Gives back what it has of the host; it is idle. */
  @Override
  void close();
}
