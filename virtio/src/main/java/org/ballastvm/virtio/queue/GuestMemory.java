package org.ballastvm.virtio.queue;

import java.lang.foreign.MemorySegment;

/**
 * The memory of a guest, by guest physical address. Every access is checked against it: one that is not wholly in memory
 * throws {@link GuestError} and touches nothing. Numbers are little-endian; none needs to be aligned unless it says so.
 * Accesses allocate nothing.
 */
public interface GuestMemory {
  /**
   * Whether a range is memory.
   *
   * @param gpa guest physical address; any value
   * @param lengthBytes any value; nothing negative is ever memory
   * @return true if all of it is memory; it may span regions that touch
   */
  boolean contains(long gpa, long lengthBytes);

  /**
   * Reads a byte.
   *
   * @param gpa where
   * @return its value, zero-extended
   */
  int getByte(long gpa);

  /**
   * Reads two bytes.
   *
   * @param gpa where
   * @return their value, zero-extended
   */
  int getShort(long gpa);

  /**
   * Reads four bytes.
   *
   * @param gpa where
   * @return their value
   */
  int getInt(long gpa);

  /**
   * Reads eight bytes.
   *
   * @param gpa where
   * @return their value
   */
  long getLong(long gpa);

  /**
   * Writes a byte.
   *
   * @param gpa where
   * @param value its low 8 bits
   */
  void putByte(long gpa, int value);

  /**
   * Writes two bytes.
   *
   * @param gpa where
   * @param value its low 16 bits
   */
  void putShort(long gpa, int value);

  /**
   * Writes four bytes.
   *
   * @param gpa where
   * @param value what
   */
  void putInt(long gpa, int value);

  /**
   * Writes eight bytes.
   *
   * @param gpa where
   * @param value what
   */
  void putLong(long gpa, long value);

  /**
   * Reads two bytes, and nothing after it is read before it.
   *
   * @param gpa where, a multiple of 2
   * @return their value, zero-extended
   */
  int getShortAcquire(long gpa);

  /**
   * Writes two bytes, and nothing before it is written after it.
   *
   * @param gpa where, a multiple of 2
   * @param value its low 16 bits
   */
  void putShortRelease(long gpa, int value);

  /**
   * Copies out of guest memory.
   *
   * @param gpa where from
   * @param into where to
   * @param offset in {@code into}
   * @param lengthBytes how much
   */
  void read(long gpa, MemorySegment into, long offset, long lengthBytes);

  /**
   * Copies into guest memory.
   *
   * @param gpa where to
   * @param from where from
   * @param offset in {@code from}
   * @param lengthBytes how much
   */
  void write(long gpa, MemorySegment from, long offset, long lengthBytes);
}
