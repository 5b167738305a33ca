package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what nobody announces: what a guest writes to its memory, or the state of a machine. */
public final class Await {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Await() {}

  /** Until something is so; a test fails that waits for a minute. */
  public static void until(BooleanSupplier condition) {
    until(condition, () -> "a minute was too short");
  }

  /** The same, with what to say if it never is. */
  public static void until(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, otherwise);
      Thread.onSpinWait();
    }
  }
}
