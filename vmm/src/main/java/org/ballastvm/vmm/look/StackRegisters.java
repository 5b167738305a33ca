package org.ballastvm.vmm.look;

import org.ballastvm.kvm.Registers;

/**
 * The registers that unwinding needs.
 *
 * @param ip where it is
 * @param sp the stack
 * @param bp frame pointer, or anything
 * @param r10 with which some assembler code keeps its stack; 0 if not known
 * @param r13 the same
 * @param di the same
 * @param dx the same
 * @param interrupted whether ip is an instruction, and not where a call returns to
 */
record StackRegisters(long ip, long sp, long bp, long r10, long r13, long di, long dx, boolean interrupted) {
  static StackRegisters of(Registers of) {
    return new StackRegisters(of.rip(), of.rsp(), of.rbp(), of.r10(), of.r13(), of.rdi(), of.rdx(), true);
  }

  /** Of a task that does not run, whose ip and bp its stack has. */
  static StackRegisters sleeping(long ip, long sp, long bp) {
    return new StackRegisters(ip, sp, bp, 0, 0, 0, 0, false);
  }

  StackRegisters caller(long callerIp, long callerSp, long callerBp) {
    return new StackRegisters(callerIp, callerSp, callerBp, 0, 0, 0, 0, false);
  }
}
