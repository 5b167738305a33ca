package org.ballastvm.kvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * The 30 bytes of machine code through which FFM makes system calls. The kernel answers with the negated errno, and this
 * code hands that on. libc's {@code syscall} leaves an errno behind instead, which the linker would have to capture.
 *
 * <p>
 * Capturing was measured beside it on JDK 25.0.3, with one compiler tier as in the launcher and on two busy cores:
 * <ul>
 * <li>garbage: 40 bytes for each call, where this code leaves none; only the second compiler tier removes them
 * <li>a compiled getpid: 346 ns against 235 (best of 15 runs; medians 446 and 338); KVM's and madvise's own time hides that
 * <li>an interpreted one, which is how a start makes its calls: 2.8 µs against 1.3 (medians 4.6 and 2.5)
 * <li>{@code -S} to {@code quit}, with a trained cache: 156 ms of processor time against 145 (median of 21 by turns);
 * {@code --version}, which makes no call, is the same
 * </ul>
 * So the code stays. {@link java.lang.foreign.Linker.Option#critical} would save some 0 to 70 ns more, but holds up the
 * collector for as long as a call takes, and KVM_RUN, epoll_wait and madvise take long.
 */
final class SystemCallCode {
  /**
   * From the registers of a C call to those of a system call. System V ABI for AMD64, appendix A.2.1.
   *
   * <pre>
   * endbr64; mov rax, rdi; mov rdi, rsi; mov rsi, rdx; mov rdx, rcx
   * mov r10, r8; mov r8, r9; mov r9, [rsp+8]; syscall; ret
   * </pre>
   */
  private static final String CODE = "f30f1efa4889f84889f74889d64889ca4d89c24d89c84c8b4c24080f05c3";

  /** Its length. */
  static final int BYTES = CODE.length() / 2;

  private SystemCallCode() {}

  /** Writes it to the start of memory, which the caller then makes executable and no longer writable. */
  static void writeTo(MemorySegment memory) {
    MemorySegment.copy(HexFormat.of().parseHex(CODE), 0, memory, ValueLayout.JAVA_BYTE, 0, BYTES);
  }
}
