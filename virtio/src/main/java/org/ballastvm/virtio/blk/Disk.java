package org.ballastvm.virtio.blk;

/**
 * What a block device keeps its guest's bytes on. Requests are done in any order and at the same time; the driver sees to it
 * that none needs another's result. A request that is a write is on the disk, or in its cache, when it is finished; what was
 * finished before a flush was submitted is safe when that is.
 */
public interface Disk {
  /** {@return its size in bytes, a multiple of 512; may change on the event loop} */
  long sizeBytes();

  /**
   * Says whom it notifies. Called once, before all else.
   *
   * @param finished called after requests were {@linkplain BlkRequest#finish finished}, on any thread, under no lock
   */
  void start(Runnable finished);

  /**
   * Takes a request, to be done in {@link #work} or on other threads. Does not block; under the transport's lock.
   *
   * @param request which belongs to the disk from here on
   */
  void submit(BlkRequest request);

  /**
   * Does what was submitted, or sees to it that others do. Called after {@link #submit}, once for many, on the thread that
   * hears the doorbells, without the transport's lock. It may take as long as one request does.
   */
  void work();

  /**
   * Forgets what was submitted and has not begun. What has goes on, and is finished. Any thread; does not block.
   */
  void drop();

  /** {@return whether no request has begun that is not finished: guest memory is left alone} */
  boolean isIdle();
}
