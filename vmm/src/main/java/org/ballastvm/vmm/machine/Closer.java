package org.ballastvm.vmm.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, in reverse order, also when opening stopped half-way; a failing step does not stop the others. */
final class Closer implements AutoCloseable {
  private final Deque<Runnable> steps = new ArrayDeque<>();

  /** Remembers how to take something back. */
  void onClose(Runnable step) { steps.push(step); }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
