package org.ballastvm.vmm.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.IoVectors;

/** What a thread that does requests needs for each of them. Not for two threads. */
final class IoScratch {
  /** Of what memory that the host cannot take as it is goes through. */
  static final int BOUNCE_BYTES = 1 << 20;
  private static final int BOUNCE_ALIGNMENT = 4096;

  private final IoVectors vectors = new IoVectors();
  private final PieceCursor pieces = new PieceCursor();
  private MemorySegment bounce;

  /** {@return pieces of memory, none yet} */
  IoVectors vectors() {
    vectors.clear();
    return vectors;
  }

  /** {@return a place at the first of a request's buffers} */
  PieceCursor pieces() {
    pieces.start();
    return pieces;
  }

  /** {@return a buffer at a multiple of 4 KiB, made when it is first needed} */
  MemorySegment bounce() {
    if (bounce == null) {
      bounce = Arena.ofAuto().allocate(BOUNCE_BYTES, BOUNCE_ALIGNMENT);
    }
    return bounce;
  }
}
