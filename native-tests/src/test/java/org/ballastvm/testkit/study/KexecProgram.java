package org.ballastvm.testkit.study;

import static org.ballastvm.testkit.study.Assembler.Condition.BELOW;
import static org.ballastvm.testkit.study.Assembler.Condition.BELOW_OR_EQUAL;
import static org.ballastvm.testkit.study.Assembler.Condition.EQUAL;
import static org.ballastvm.testkit.study.Assembler.Operation.ADD;
import static org.ballastvm.testkit.study.Assembler.Operation.CMP;
import static org.ballastvm.testkit.study.Assembler.Operation.SUB;
import static org.ballastvm.testkit.study.Assembler.Register.R10;
import static org.ballastvm.testkit.study.Assembler.Register.R12;
import static org.ballastvm.testkit.study.Assembler.Register.R8;
import static org.ballastvm.testkit.study.Assembler.Register.RAX;
import static org.ballastvm.testkit.study.Assembler.Register.RBP;
import static org.ballastvm.testkit.study.Assembler.Register.RCX;
import static org.ballastvm.testkit.study.Assembler.Register.RDI;
import static org.ballastvm.testkit.study.Assembler.Register.RDX;
import static org.ballastvm.testkit.study.Assembler.Register.RSI;
import static org.ballastvm.testkit.study.Assembler.Register.RSP;

/**
 * A program that ends the kernel it runs on and has another begin, with no firmware between: {@code kexec KERNEL INITRD
 * COMMAND-LINE}. Where the kernel refuses, its status is the errno. Debian's needs libraries that a guest does not have.
 */
final class KexecProgram {
  private static final int OPEN = 2;
  private static final int EXIT = 60;
  private static final int REBOOT = 169;
  private static final int KEXEC_FILE_LOAD = 320;
  /** {@code LINUX_REBOOT_MAGIC1}, {@code _MAGIC2} and {@code _CMD_KEXEC}, linux/reboot.h. */
  private static final long MAGIC_1 = 0xfee1_deadL;
  private static final int MAGIC_2 = 672_274_793;
  private static final int CMD_KEXEC = 0x4558_4543;
  private static final int EINVAL = 22;
  private static final int LEAST_ERROR = -4096;

  private KexecProgram() {}

  /** {@return it, as a file} */
  static byte[] program() {
    Assembler asm = new Assembler();
    asm.mov(RBP, RSP).mov(RAX, -EINVAL).load(RCX, RBP, 0).apply(CMP, RCX, 4).jump(BELOW, "end");
    asm.load(RDI, RBP, 16).call("open").mov(R12, RAX).load(RDI, RBP, 24).call("open").mov(RSI, RAX);
    asm.load(R10, RBP, 32).mov(RDX, R10).label("length").loadByte(RCX, RDX).apply(ADD, RDX, 1).apply(CMP, RCX, 0)
        .jump(EQUAL, "measured").jump("length");
    asm.label("measured").apply(SUB, RDX, R10).mov(RDI, R12).mov(R8, 0).syscall(KEXEC_FILE_LOAD).apply(CMP, RAX, 0)
        .jump(EQUAL, "loaded").jump("end");
    asm.label("loaded").mov(RDI, MAGIC_1).mov(RSI, MAGIC_2).mov(RDX, CMD_KEXEC).mov(R10, 0).syscall(REBOOT);
    asm.label("end").mov(RDI, 0).apply(SUB, RDI, RAX).syscall(EXIT);
    asm.label("open").mov(RSI, 0).mov(RDX, 0).syscall(OPEN).apply(CMP, RAX, LEAST_ERROR)
        .jump(BELOW_OR_EQUAL, "opened").jump("end").label("opened").ret();
    return asm.program();
  }
}
