package org.ballastvm.virtio.p9;

/** A driver's session with a file server: its fids. Requests come from several threads at once. */
public interface P9Session extends AutoCloseable {
  /**
   * Does what a request asks for. May block.
   *
   * @param request what, checked for everything that can be said without its fids
   * @param reply takes the answer
   * @throws P9Error if the answer is an error
   * @throws org.ballastvm.virtio.queue.GuestError if the request names memory that is none
   */
  void serve(P9Request request, P9Reply reply);

  /** Forgets all fids; what requests have in their hands goes when they are through. Any thread. */
  @Override
  void close();
}
