package org.ballastvm.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ballastvm.kvm.generated.Host;

/**
 * Pieces of memory that are written as one: {@code struct iovec}, writev(2). Filled anew for each call; allocates nothing.
 */
public final class IoVector {
  /** The most pieces that a call takes: UIO_MAXIOV, linux/uio.h. */
  public static final int MOST = 1024;

  private static final long ENTRY_BYTES = 16; // a pointer and a length, bits/types/struct_iovec.h

  private final MemorySegment entries;
  private final int most;
  private int count;
  private long bytes;

  /**
   * An empty one.
   *
   * @param most how many pieces it can have, 1 to {@link #MOST}
   */
  public IoVector(int most) {
    this.most = most;
    this.entries = Arena.ofAuto().allocate(most * ENTRY_BYTES, Long.BYTES);
  }

  /** Forgets all pieces. */
  public void clear() {
    count = 0;
    bytes = 0;
  }

  /**
   * Adds a piece.
   *
   * @param piece native memory, which is there until the call that uses it returns
   * @throws IllegalStateException if there are as many as there can be
   */
  public void add(MemorySegment piece) {
    if (count == most) {
      throw new IllegalStateException("an io vector of more than " + most + " pieces");
    }
    entries.set(ValueLayout.JAVA_LONG, count * ENTRY_BYTES, Buffers.address(piece));
    entries.set(ValueLayout.JAVA_LONG, count * ENTRY_BYTES + Long.BYTES, piece.byteSize());
    count++;
    bytes += piece.byteSize();
  }

  /** {@return how many bytes its pieces have} */
  public long bytes() { return bytes; }

  /** {@return what writev(2) answers for a descriptor, a negated errno included} */
  long writeTo(long descriptor) {
    return NativeProvider.CALLS.syscall(Host.SYS_writev(), descriptor, entries.address(), count);
  }
}
