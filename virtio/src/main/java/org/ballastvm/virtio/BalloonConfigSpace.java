package org.ballastvm.virtio;

/**
 * {@code struct virtio_balloon_config}. Virtio 1.3, 5.5.4.
 *
 * <p>
 * The host writes {@code num_pages} while the driver reads it, so a register is read as one word, never by its bytes.
 */
final class BalloonConfigSpace {
  /** {@code num_pages} and {@code actual}; what follows belongs to features that are not offered. */
  static final int BYTES = 8;

  private static final int ACTUAL = 4;

  private volatile int numPages;
  private volatile int actual;

  int numPages() { return numPages; }

  void numPages(int pageCount) { numPages = pageCount; }

  int actual() { return actual; }

  void actual(int pageCount) { actual = pageCount; }

  /** What the driver reads from {@code offset} on, in the low bytes. */
  long read(int offset) {
    return (Integer.toUnsignedLong(numPages) | (long) actual << 32) >>> 8 * offset;
  }

  /** Takes what the driver writes to {@code actual}, the only field it may write; true if that changed it. */
  boolean write(int offset, int width, long value) {
    int next = actual;
    for (int i = Math.max(ACTUAL, offset); i < Math.min(ACTUAL + 4, offset + width); i++) {
      int shift = 8 * (i - ACTUAL);
      next = next & ~(0xff << shift) | (int) (value >>> 8 * (i - offset) & 0xff) << shift;
    }
    boolean changed = next != actual;
    actual = next;
    return changed;
  }
}
