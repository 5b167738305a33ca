package org.ballastvm.kvm;

/**
 * The general registers of a vCPU: {@code struct kvm_regs}, asm/kvm.h.
 *
 * @param rax general
 * @param rbx general
 * @param rcx general
 * @param rdx general
 * @param rsi general
 * @param rdi general
 * @param rsp stack pointer
 * @param rbp general
 * @param r8 general
 * @param r9 general
 * @param r10 general
 * @param r11 general
 * @param r12 general
 * @param r13 general
 * @param r14 general
 * @param r15 general
 * @param rip instruction pointer
 * @param rflags flags; bit 1 is always set
 */
public record Registers(long rax, long rbx, long rcx, long rdx, long rsi, long rdi, long rsp, long rbp, long r8,
    long r9,
    long r10, long r11, long r12, long r13, long r14, long r15, long rip, long rflags) {
  /** Interrupts off, nothing else: the one bit that is always set. */
  public static final long FLAGS_RESERVED = 2;

  /**
   * A start.
   *
   * @param rip where
   * @param rsp the stack
   * @param rbx for the callee
   * @param rsi for the callee
   * @return all other registers zero, interrupts off
   */
  public static Registers start(long rip, long rsp, long rbx, long rsi) {
    return new Registers(0, rbx, 0, 0, rsi, 0, rsp, 0, 0, 0, 0, 0, 0, 0, 0, 0, rip, FLAGS_RESERVED);
  }
}
