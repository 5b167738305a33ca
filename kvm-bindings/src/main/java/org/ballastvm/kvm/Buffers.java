package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native scratch memory for the arguments of system calls. */
final class Buffers {
  private static final ThreadLocal<MemorySegment> EIGHT_BYTES = ThreadLocal
      .withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG));

  private Buffers() {}

  /**
   * The address of memory that a system call may write to or read from.
   *
   * @throws IllegalArgumentException for memory on the Java heap, whose address means nothing to the kernel
   * @throws IllegalStateException for memory that was given back
   */
  static long address(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("the kernel can use native memory alone");
    }
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("the memory was given back");
    }
    return memory.address();
  }

  /** Eight bytes that belong to the calling thread, so that hot calls allocate nothing. */
  static MemorySegment eightBytes() {
    return EIGHT_BYTES.get();
  }
}
