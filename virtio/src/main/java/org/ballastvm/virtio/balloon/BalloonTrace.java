package org.ballastvm.virtio.balloon;

import java.util.function.Supplier;

/**
 * Watches a balloon at work. Where nobody looks, a watched step costs one call that answers no; an implementation makes
 * what it needs when somebody does.
 */
public interface BalloonTrace {
  /** Watches nothing. */
  BalloonTrace NONE = new BalloonTrace() {
  };

  /**
   * The balloon turns to what is ready on a queue. On the event loop, as is {@link #batchEnds}.
   *
   * @return whether somebody wants to know how it went
   */
  default boolean batchBegins() { return false; }

  /**
   * The balloon is through with what was ready. Not called when the guest broke a rule.
   *
   * @param queue what the queue is for: {@code inflate}, {@code deflate}, {@code stats}, {@code free-page} or
   *        {@code reporting}
   * @param chains how many chains were given back to the driver
   * @param ranges how many ranges of memory the chains named, neighbours merged; 0 on a queue that names none, and where
   *        pages are kept until all are named
   * @param bytes how much that is
   */
  default void batchEnds(String queue, int chains, long ranges, long bytes) {
    // Nobody looks.
  }

  /**
   * The guest has reported how it uses its memory. On the event loop.
   *
   * @param stats gives what it reported
   */
  default void statsCame(Supplier<BalloonStats> stats) {
    // Nobody looks.
  }

  /**
   * The host has set a target; it may be the one there was.
   *
   * @param targetPages how large the balloon should be, in pages of 4 KiB
   * @param actualPages how large the driver last said it is
   */
  default void targetSet(long targetPages, long actualPages) {
    // Nobody looks.
  }
}
