package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.iovec;

/**
 * Pieces of memory for one read or write of the host, {@code struct iovec} of readv(2) and writev(2). For one thread at a time; allocates
 * nothing after it was made.
 */
public final class IoVectors {
  /** What the kernel takes at once: {@code UIO_MAXIOV}. */
  public static final int MOST = 1024;

  private final int most;
  private final MemorySegment pieces;
  private int first;
  private int end;
  private long bytes;
  /** What {@link #limit} has left out: all that there was, and how much of the last piece. */
  private long allBytes;
  private long cut;

  /** No pieces yet, and room for {@link #MOST}. */
  public IoVectors() { this(MOST); }

  /**
   * No pieces yet.
   *
   * @param most for how many there is room, from 1 to {@link #MOST}
   */
  public IoVectors(int most) {
    this.most = most;
    this.pieces = Arena.ofAuto().allocate(iovec.SIZE * most, Long.BYTES);
  }

  /** {@return for how many pieces there is room} */
  public int most() { return most; }

  /** Forgets all pieces. */
  public void clear() {
    first = 0;
    end = 0;
    bytes = 0;
  }

  /** {@return whether no further piece can be added} */
  public boolean isFull() { return end == most; }

  /** {@return how many bytes all pieces have together} */
  public long bytes() { return bytes; }

  /**
   * Adds a piece. Whoever uses this answers for the memory being there until the host has done with it.
   *
   * @param memory native memory
   * @param offset where the piece begins in it
   * @param lengthBytes how long it is, above zero
   * @throws IndexOutOfBoundsException if it is not in the memory
   * @throws IllegalStateException if this is full
   */
  public void add(MemorySegment memory, long offset, long lengthBytes) {
    if (isFull()) {
      throw new IllegalStateException("more than " + most + " pieces");
    }
    if (offset < 0 || lengthBytes <= 0 || lengthBytes > memory.byteSize() - offset) {
      throw new IndexOutOfBoundsException(lengthBytes + " bytes at " + offset + " of " + memory.byteSize());
    }
    long at = end * iovec.SIZE;
    pieces.set(JAVA_LONG, at + iovec.iov_base, Buffers.address(memory) + offset);
    pieces.set(JAVA_LONG, at + iovec.iov_len, lengthBytes);
    end++;
    bytes += lengthBytes;
  }

  /**
   * Adds a piece that is all of some memory.
   *
   * @param memory native memory, not empty
   * @throws IndexOutOfBoundsException if it is empty
   * @throws IllegalStateException if this is full
   */
  public void add(MemorySegment memory) { add(memory, 0, memory.byteSize()); }

  /**
   * Leaves out what has been done: the first bytes.
   *
   * @param doneBytes at most {@link #bytes}
   */
  public void skip(long doneBytes) {
    bytes -= doneBytes;
    long left = doneBytes;
    while (left > 0) {
      long at = first * iovec.SIZE;
      long length = pieces.get(JAVA_LONG, at + iovec.iov_len);
      if (length <= left) {
        first++;
        left -= length;
      } else {
        pieces.set(JAVA_LONG, at + iovec.iov_base, pieces.get(JAVA_LONG, at + iovec.iov_base) + left);
        pieces.set(JAVA_LONG, at + iovec.iov_len, length - left);
        left = 0;
      }
    }
  }

  /**
   * Leaves out what is behind so many bytes, until {@link #unlimit}.
   *
   * @param mostBytes above zero, at most {@link #bytes}
   * @return what to give back to {@link #unlimit}
   */
  public int limit(long mostBytes) {
    int all = end;
    allBytes = bytes;
    cut = 0;
    if (mostBytes < bytes) {
      long left = mostBytes;
      int at = first;
      while (length(at) < left) {
        left -= length(at);
        at++;
      }
      cut = length(at) - left;
      setLength(at, left);
      end = at + 1;
      bytes = mostBytes;
    }
    return all;
  }

  /**
   * Has all pieces again.
   *
   * @param all what {@link #limit} returned
   */
  public void unlimit(int all) {
    if (bytes != allBytes) {
      setLength(end - 1, length(end - 1) + cut);
      end = all;
      bytes = allBytes;
    }
  }

  private long length(int piece) { return pieces.get(JAVA_LONG, piece * iovec.SIZE + iovec.iov_len); }

  private void setLength(int piece, long lengthBytes) {
    pieces.set(JAVA_LONG, piece * iovec.SIZE + iovec.iov_len, lengthBytes);
  }

  /** Where the first piece is described. */
  long address() { return pieces.address() + first * iovec.SIZE; }

  /** How many pieces there are. */
  int count() { return end - first; }
}
