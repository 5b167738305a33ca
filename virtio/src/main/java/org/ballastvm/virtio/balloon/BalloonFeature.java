package org.ballastvm.virtio.balloon;

/** What a balloon may offer. Virtio 1.3, 5.5.3. */
public enum BalloonFeature {
  /** The driver deflates the balloon by a page before it uses it again. */
  MUST_TELL_HOST(0),
  /** The driver reports how the guest uses its memory. */
  STATS_VQ(1),
  /** The driver takes pages back when the guest runs out of memory. */
  DEFLATE_ON_OOM(2),
  /** The driver names free pages when it is asked to. */
  FREE_PAGE_HINT(3),
  /** The driver reports with what it fills free pages. */
  PAGE_POISON(4),
  /** The driver names free pages as they become free. */
  REPORTING(5);

  private final int number;

  BalloonFeature(int number) { this.number = number; }

  /** {@return its bit in a word of features} */
  public long bit() { return 1L << number; }

  /**
   * Whether it is among others.
   *
   * @param features a word of features
   * @return true if its bit is set there
   */
  public boolean in(long features) { return (features & bit()) != 0; }
}
