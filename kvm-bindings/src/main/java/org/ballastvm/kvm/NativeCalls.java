package org.ballastvm.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * All that Ballast asks of native code: system calls, a view of memory they mapped, and one signal handler. FFM and JNA
 * each provide it whole.
 */
interface NativeCalls {
  /** {@return {@code ffm} or {@code jna}} */
  String name();

  /** {@return what it is and how its system calls go, in words for a user} */
  default String description() {
    return name();
  }

  /**
   * Makes a system call, syscall(2). Allocates nothing.
   *
   * @return the result, or the negated errno, as the kernel itself answers
   */
  long syscall(long number, long a, long b, long c, long d, long e, long f);

  /**
   * Gives a signal a handler that does nothing, so that it interrupts a system call and harms no one.
   *
   * @return 0, or the negated errno
   */
  long installHarmlessHandler(int signal);

  /**
   * A view of mapped memory, at most 1 GiB. Under FFM it ends with the arena, and using it later is an exception; JNA
   * cannot end a view, so whoever unmaps the memory under JNA answers for it that nobody still looks.
   */
  MemorySegment view(long address, long lengthBytes, Arena lifetime);

  default long syscall(long number) { return syscall(number, 0, 0, 0, 0, 0, 0); }

  default long syscall(long number, long a) { return syscall(number, a, 0, 0, 0, 0, 0); }

  default long syscall(long number, long a, long b) { return syscall(number, a, b, 0, 0, 0, 0); }

  default long syscall(long number, long a, long b, long c) { return syscall(number, a, b, c, 0, 0, 0); }

  default long syscall(long number, long a, long b, long c, long d) { return syscall(number, a, b, c, d, 0, 0); }

  default long syscall(long number, long a, long b, long c, long d, long e) {
    return syscall(number, a, b, c, d, e, 0);
  }
}
