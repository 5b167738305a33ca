package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native scratch memory for the arguments of system calls. */
final class Buffers {
  private static final ThreadLocal<MemorySegment> EIGHT_BYTES = ThreadLocal
      .withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG));

  private Buffers() {}

  /** Eight bytes that belong to the calling thread, so that hot calls allocate nothing. */
  static MemorySegment eightBytes() {
    return EIGHT_BYTES.get();
  }
}
