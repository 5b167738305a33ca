package org.ballastvm.testkit.command;

/** What accompanies a demonstration. */
interface DemoRun extends AutoCloseable {
  /** Nothing: no part is noted, and none takes longer. */
  DemoRun ALONE = new DemoRun() {
    @Override
    public void phase(String name) {
      // Nobody draws it.
    }

    @Override
    public void settle() {
      // Nobody draws it.
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  };

  /** Another part begins. */
  void phase(String name);

  /** Waits until the part that ends can be seen in a drawing. */
  void settle();

  @Override
  void close();
}
