package org.ballastvm.vmm.terminal;

/** Something that must not be left as it is when the process ends, by whatever ends it short of SIGKILL. */
public final class AtExit {
  private final Thread hook;

  /**
   * Has it done when the process ends.
   *
   * @param name of the thread that does it
   * @param task what; it may have been done already
   */
  public AtExit(String name, Runnable task) {
    hook = new Thread(task, name);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** It is done already. */
  public void cancel() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is about to end, and does it once more.
    }
  }
}
