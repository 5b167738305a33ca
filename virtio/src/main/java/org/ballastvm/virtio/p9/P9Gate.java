package org.ballastvm.virtio.p9;

/**
 * Keeps requests that are under way out of guest memory once its driver has reset the device: those pages may be somebody
 * else's then. Whoever closes it waits for those inside, each of which is in one read or write of a file.
 */
final class P9Gate {
  private int inside;
  private boolean closed;

  /** The driver is gone, and with it whoever waits for an answer. */
  static final class Closed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Closed() { super("the driver has reset the device", null, false, false); }
  }

  /** Goes in; {@link #leave} follows. */
  synchronized void enter() {
    if (closed) {
      throw new Closed();
    }
    inside++;
  }

  synchronized void leave() {
    inside--;
    if (inside == 0) {
      notifyAll();
    }
  }

  /** Lets nobody in any more, and returns when nobody is inside. */
  synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (inside > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
