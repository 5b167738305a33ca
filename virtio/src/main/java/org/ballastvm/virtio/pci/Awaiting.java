package org.ballastvm.virtio.pci;

import java.util.function.BooleanSupplier;

/** Waiting for a device's other threads. */
final class Awaiting {
  private Awaiting() {}

  /**
   * Waits, and gives the function's lock away meanwhile: a driver that resets its device must not keep monitors that look at
   * it.
   *
   * @param function whose lock the caller holds; it is notified when there is something to look at
   * @param done looked at under the lock
   */
  static void until(Object function, BooleanSupplier done) {
    boolean interrupted = false;
    while (!done.getAsBoolean()) {
      try {
        function.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
