package org.ballastvm.pci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The MSI-X table and pending bits of a function. Source: PCI Local Bus Specification 3.0, 6.8.2.
 *
 * <p>
 * Sending reads one volatile word when the vector is open; a masked one is remembered and sent when it opens.
 */
public final class MsixTable {
  /** Bytes of an entry: address, data, control. */
  static final int ENTRY_BYTES = 16;
  private static final int CONTROL_MASKED = 1;

  /**
   * What a guest has made of its messages.
   *
   * @param words the table, four words for each vector: both halves of the address, the data and the control
   * @param pending a bit for each vector that is to be sent when it opens
   * @param enabled whether the function sends messages
   * @param masked whether all of them are masked
   */
  public record State(List<Integer> words, long pending, boolean enabled, boolean masked) {
    /** Keeps a copy. */
    public State {
      words = List.copyOf(words);
    }

    /**
     * All vectors are masked, none is pending, and messages are off.
     *
     * @param vectors how many there are
     * @return the state after power-on
     */
    static State powerOn(int vectors) {
      List<Integer> words = new ArrayList<>();
      for (int vector = 0; vector < vectors; vector++) {
        words.addAll(List.of(0, 0, 0, CONTROL_MASKED));
      }
      return new State(words, 0, false, false);
    }
  }

  private final int vectors;
  private final State powerOn;
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
    this.powerOn = State.powerOn(vectors);
    this.words = new int[vectors * 4];
    this.routed = new boolean[vectors];
    restore(powerOn);
  }

  /**
   * Puts the function on a bus.
   *
   * @param bus where messages go
   */
  synchronized void attach(PciHost bus) { this.host = bus; }

  /** {@return what the guest has made of it} */
  synchronized State state() {
    List<Integer> all = new ArrayList<>();
    for (int word : words) {
      all.add(word);
    }
    return new State(all, pending, enabled, functionMasked);
  }

  /** Puts it back to how it was; vectors that are open are routed again. */
  synchronized void restore(State state) {
    for (int i = 0; i < words.length; i++) {
      words[i] = state.words().get(i);
    }
    Arrays.fill(routed, false);
    pending = state.pending();
    control(state.enabled(), state.masked());
  }

  /** {@return how it is after power-on} */
  State powerOn() { return powerOn; }

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
   * @param vector which; one out of range sends nothing
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

  /**
   * Whether a message is sent and not kept. Allocates nothing.
   *
   * @param vector which; none that is out of range
   * @return true if it is routed, and masked by nothing
   */
  boolean isOpen(int vector) { return vector >= 0 && vector < vectors && (open & 1L << vector) != 0; }

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
