package org.ballastvm.vmm.chardev;

/** Something that must not be left as it is when the process ends, by whatever ends it short of SIGKILL. */
final class AtExit {
  private final Thread hook;

  /** Has it done when the process ends. */
  AtExit(String name, Runnable task) {
    hook = new Thread(task, name);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** It is done already. */
  void cancel() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is about to end, and does it once more.
    }
  }
}
