package org.ballastvm.pci;

/**
 * The MSI-X table and pending bits of a function. Source: PCI Local Bus Specification 3.0, 6.8.2.
 *
 * <p>
 * Sending reads one volatile word when the vector is open; a masked one is remembered and sent when it opens.
 */
final class MsixTable {
  /** Bytes of an entry: address, data, control. */
  static final int ENTRY_BYTES = 16;
  private static final int CONTROL_MASKED = 1;

  private final int vectors;
  private final int[] words;
  private final boolean[] routed;
  private long pending;
  private volatile long open;
  private boolean enabled;
  private boolean functionMasked;
  private PciHost host;

  /**
   * A table with all vectors masked.
   *
   * @param vectors how many, 1 to 64
   * @throws IllegalArgumentException if there are more or fewer
   */
  MsixTable(int vectors) {
    if (vectors < 1 || vectors > 64) {
      throw new IllegalArgumentException(vectors + " MSI-X vectors; 1 to 64 are possible here");
    }
    this.vectors = vectors;
    this.words = new int[vectors * 4];
    this.routed = new boolean[vectors];
    reset();
  }

  /**
   * Puts the function on a bus.
   *
   * @param bus where messages go
   */
  synchronized void attach(PciHost bus) { this.host = bus; }

  /** Puts all back to how it is after power-on: messages are off and masked, and none is pending. */
  synchronized void reset() {
    for (int i = 0; i < words.length; i++) {
      words[i] = i % 4 == 3 ? CONTROL_MASKED : 0;
    }
    java.util.Arrays.fill(routed, false);
    pending = 0;
    open = 0;
    enabled = false;
    functionMasked = false;
  }

  /**
   * The message control register changed.
   *
   * @param nowEnabled whether the function sends messages
   * @param nowFunctionMasked whether all of them are masked
   */
  synchronized void control(boolean nowEnabled, boolean nowFunctionMasked) {
    enabled = nowEnabled;
    functionMasked = nowFunctionMasked;
    for (int vector = 0; vector < vectors; vector++) {
      update(vector);
    }
  }

  /** {@return how many vectors it has} */
  int vectors() { return vectors; }

  /** {@return whether the function sends messages, and does not use its pin} */
  synchronized boolean isEnabled() {
    return enabled;
  }

  /**
   * A guest reads the table.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @return what is there; zeros outside, and where the width is below 4 or the offset is no multiple of it
   */
  synchronized long read(long offset, int width) {
    if (offset < 0 || offset > words.length * 4L - width || offset % width != 0 || width < 4) {
      return 0;
    }
    int word = (int) offset / 4;
    return width == 4
        ? Integer.toUnsignedLong(words[word])
        : Integer.toUnsignedLong(words[word]) | (long) words[word + 1] << 32;
  }

  /**
   * A guest writes to the table. Outside, and where the width is below 4 or the offset is no multiple of it, nothing changes.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value in the low {@code width} bytes
   */
  synchronized void write(long offset, int width, long value) {
    if (offset < 0 || offset > words.length * 4L - width || offset % width != 0 || width < 4) {
      return;
    }
    int word = (int) offset / 4;
    int vector = word / 4;
    words[word] = (int) value;
    if (width == 8) {
      words[word + 1] = (int) (value >>> 32);
    }
    if (word % 4 < 3) {
      routed[vector] = false;
    }
    update(vector);
  }

  /**
   * A guest reads the pending bits.
   *
   * @param offset in bytes
   * @return the bits from there on, one for each vector; zeros outside
   */
  synchronized long readPending(long offset) { return offset < 8 ? pending >>> 8 * offset : 0; }

  /**
   * Sends a message, or remembers it while the vector is masked. Allocates nothing.
   *
   * @param vector which; one that there is not sends nothing
   */
  void trigger(int vector) {
    if (vector < 0 || vector >= vectors) {
      return;
    }
    if ((open & 1L << vector) != 0) {
      host.triggerVector(vector);
      return;
    }
    synchronized (this) {
      if ((open & 1L << vector) != 0) {
        host.triggerVector(vector);
      } else {
        pending |= 1L << vector;
      }
    }
  }

  private void update(int vector) {
    boolean nowOpen = enabled && !functionMasked && (words[vector * 4 + 3] & CONTROL_MASKED) == 0;
    if (!nowOpen) {
      open &= ~(1L << vector);
      return;
    }
    if (!routed[vector]) {
      long address = Integer.toUnsignedLong(words[vector * 4]) | (long) words[vector * 4 + 1] << 32;
      host.routeVector(vector, address, words[vector * 4 + 2]);
      routed[vector] = true;
    }
    open |= 1L << vector;
    if ((pending & 1L << vector) != 0) {
      pending &= ~(1L << vector);
      host.triggerVector(vector);
    }
  }
}
