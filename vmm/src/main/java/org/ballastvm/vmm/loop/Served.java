package org.ballastvm.vmm.loop;

import org.ballastvm.kvm.Epoll;

/** An event loop, as the thread knows it that serves it. */
interface Served {
  /** {@return what is ready while there is something to do} */
  Epoll epoll();

  /**
   * Does what is at hand: a batch of descriptors, a bounded number of tasks. On the serving thread.
   *
   * @param timeoutMillis how long it waits for that, in milliseconds; 0 not at all, -1 for ever
   * @return whether another turn may follow: not, once the loop was stopped
   */
  boolean turn(int timeoutMillis);

  /** Reports a bug that ended a turn. On the serving thread; there is no other turn. */
  void crashed(Throwable bug);
}
