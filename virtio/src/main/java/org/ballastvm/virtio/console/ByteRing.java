package org.ballastvm.virtio.console;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A few bytes on their way. The transport's lock is held, but for a look at how many there are. */
final class ByteRing {
  private final byte[] bytes;
  private final MemorySegment segment;
  private int start;
  private volatile int count;

  /** An empty one. */
  ByteRing(int capacity) {
    bytes = new byte[capacity];
    segment = MemorySegment.ofArray(bytes);
  }

  List<Byte> state() {
    List<Byte> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(bytes[(start + i) % bytes.length]);
    }
    return List.copyOf(all);
  }

  void restore(List<Byte> state) {
    start = 0;
    for (int i = 0; i < state.size(); i++) {
      bytes[i] = state.get(i);
    }
    count = state.size();
  }

  int count() { return count; }

  int room() { return bytes.length - count; }

  /** Takes bytes, for which there is room. */
  void put(byte[] from, int offset, int length) {
    for (int i = 0; i < length; i++) {
      bytes[(start + count + i) % bytes.length] = from[offset + i];
    }
    set(count + length);
  }

  /** Takes a byte; one for which there is no room is lost. */
  void put(byte value) {
    if (room() > 0) {
      bytes[(start + count) % bytes.length] = value;
      set(count + 1);
    }
  }

  /** All the bytes there is room for, as memory. */
  MemorySegment segment() { return segment; }

  /** Where in it the oldest is. */
  int start() { return start; }

  /** How many follow it there, it among them. */
  int contiguous() { return Math.min(count, bytes.length - start); }

  /** Drops the oldest. */
  void skip(int length) {
    start = (start + length) % bytes.length;
    set(count - length);
  }

  /** Moves the oldest into a buffer that is as large as this or larger; how many. */
  int takeAll(byte[] into) {
    int taken = count;
    for (int i = 0; i < taken; i++) {
      into[i] = bytes[(start + i) % bytes.length];
    }
    skip(taken);
    return taken;
  }

  /** Others look at it under no lock; nobody else writes it. */
  private void set(int now) { count = now; }
}
