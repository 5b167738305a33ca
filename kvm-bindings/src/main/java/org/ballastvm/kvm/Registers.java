package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.kvm_regs;

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

  static Registers read(MemorySegment r) {
    return new Registers(get64(r, kvm_regs.rax), get64(r, kvm_regs.rbx), get64(r, kvm_regs.rcx), get64(r, kvm_regs.rdx),
        get64(r, kvm_regs.rsi), get64(r, kvm_regs.rdi), get64(r, kvm_regs.rsp), get64(r, kvm_regs.rbp),
        get64(r, kvm_regs.r8), get64(r, kvm_regs.r9), get64(r, kvm_regs.r10), get64(r, kvm_regs.r11),
        get64(r, kvm_regs.r12), get64(r, kvm_regs.r13), get64(r, kvm_regs.r14), get64(r, kvm_regs.r15),
        get64(r, kvm_regs.rip), get64(r, kvm_regs.rflags));
  }

  void write(MemorySegment r) {
    set64(r, kvm_regs.rax, rax);
    set64(r, kvm_regs.rbx, rbx);
    set64(r, kvm_regs.rcx, rcx);
    set64(r, kvm_regs.rdx, rdx);
    set64(r, kvm_regs.rsi, rsi);
    set64(r, kvm_regs.rdi, rdi);
    set64(r, kvm_regs.rsp, rsp);
    set64(r, kvm_regs.rbp, rbp);
    set64(r, kvm_regs.r8, r8);
    set64(r, kvm_regs.r9, r9);
    set64(r, kvm_regs.r10, r10);
    set64(r, kvm_regs.r11, r11);
    set64(r, kvm_regs.r12, r12);
    set64(r, kvm_regs.r13, r13);
    set64(r, kvm_regs.r14, r14);
    set64(r, kvm_regs.r15, r15);
    set64(r, kvm_regs.rip, rip);
    set64(r, kvm_regs.rflags, rflags);
  }
}
