package org.ballastvm.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * The memory of a guest, by guest physical address. Every access is checked against it: one that is not wholly in memory
 * throws {@link GuestError} and touches nothing. Numbers are little-endian; none needs to be aligned unless it says so.
 * Accesses allocate nothing, but for the pieces of a view.
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

  /** What is done with a view. */
  enum Access {
    /** It is read: the host writes guest memory to a file. */
    READ,
    /** It is written, and perhaps read: the host reads a file into guest memory. */
    WRITE
  }

  /**
   * Shows a range as the host's own memory, for host I/O without a copy. The range is checked once, before any of it is
   * shown.
   *
   * <p>
   * The pieces hold until {@code viewer} returns, and are not to be kept: what the guest unplugs next is out of this
   * process's reach. While the viewer runs, nothing of them goes; it should not block for long, as others wait to plug and
   * unplug.
   *
   * @param gpa guest physical address; any value
   * @param lengthBytes any value
   * @param access what is done with it; memory that is only to be read must not be written
   * @param viewer is shown the pieces in the order of their addresses, as preadv and pwritev want them: each above zero
   *        bytes and contiguous in the host, none where {@code lengthBytes} is 0
   * @throws GuestError if the range is not wholly in memory: it is negative, wraps, reaches into a hole or is not plugged
   */
  void view(long gpa, long lengthBytes, Access access, Consumer<List<MemorySegment>> viewer);
}
