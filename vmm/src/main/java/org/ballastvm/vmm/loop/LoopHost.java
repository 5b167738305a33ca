package org.ballastvm.vmm.loop;

/** What an event loop has of the thread that serves it, its own or a shared one. */
interface LoopHost {
  /** Serves the loop from now on. Once. */
  void start();

  /** {@return whether the caller is in a turn of this loop} */
  boolean isCurrentThread();

  /** {@return whether the loop is served: what belongs to it belongs to the thread then} */
  boolean isServing();

  /**
   * Runs a task of the loop at once, if its thread is the caller's, which would wait for itself otherwise. A loop that has
   * been stopped does nothing.
   *
   * @param task what
   * @return whether the caller's thread is the loop's
   */
  boolean runHere(Runnable task);

  /** Serves it no more. No turn is under way when this returns, unless called in one. Again is harmless. */
  void stop();
}
