package org.ballastvm.virtio.balloon;

/**
 * {@code struct virtio_balloon_config}. Virtio 1.3, 5.5.4.
 *
 * <p>
 * The host writes {@code num_pages} while the driver reads it, so a register is read as one word, never by its bytes.
 */
final class BalloonConfigSpace {
  private static final int ACTUAL = 4;
  private static final int HINT_COMMAND = 8;
  private static final int POISON = 12;
  private static final int END = 16;

  private final int bytes;
  private volatile int numPages;
  private volatile int actual;
  private volatile int hintCommand;
  private volatile int poison;

  /** The registers that a device with some features has; as in QEMU, it ends behind the last one that means something. */
  BalloonConfigSpace(long features) {
    bytes = BalloonFeature.PAGE_POISON.in(features)
        ? END
        : BalloonFeature.FREE_PAGE_HINT.in(features) ? POISON : HINT_COMMAND;
  }

  int bytes() { return bytes; }

  int numPages() { return numPages; }

  void numPages(int pageCount) { numPages = pageCount; }

  int actual() { return actual; }

  void actual(int pageCount) { actual = pageCount; }

  void hintCommand(int command) { hintCommand = command; }

  /** With what the guest fills free pages, or 0. It means nothing where {@code PAGE_POISON} was not agreed on. */
  int poison() {
    return poison;
  }

  void poison(int pattern) { poison = pattern; }

  /** What the driver reads from {@code offset} on, in the low bytes. */
  long read(int offset) {
    long sizes = Integer.toUnsignedLong(numPages) | (long) actual << 32;
    long others = Integer.toUnsignedLong(hintCommand) | (long) poison << 32;
    if (offset >= HINT_COMMAND) {
      return others >>> 8 * (offset - HINT_COMMAND);
    }
    return offset == 0 ? sizes : sizes >>> 8 * offset | others << 64 - 8 * offset;
  }

  /** Takes what the driver writes to {@code actual} and the poison, the fields it may write. */
  void write(int offset, int width, long value) {
    actual = merge(actual, ACTUAL, offset, width, value);
    poison = merge(poison, POISON, offset, width, value);
  }

  /** Whether a write is one of {@code actual}. */
  static boolean isActual(int offset, int width) {
    return offset < HINT_COMMAND && offset + width > ACTUAL;
  }

  private static int merge(int old, int register, int offset, int width, long value) {
    int next = old;
    for (int i = Math.max(register, offset); i < Math.min(register + 4, offset + width); i++) {
      int shift = 8 * (i - register);
      next = next & ~(0xff << shift) | (int) (value >>> 8 * (i - offset) & 0xff) << shift;
    }
    return next;
  }
}
