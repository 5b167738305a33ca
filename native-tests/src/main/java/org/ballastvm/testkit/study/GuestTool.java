package org.ballastvm.testkit.study;

import static org.ballastvm.testkit.study.Assembler.Condition.ABOVE;
import static org.ballastvm.testkit.study.Assembler.Condition.ABOVE_OR_EQUAL;
import static org.ballastvm.testkit.study.Assembler.Condition.BELOW;
import static org.ballastvm.testkit.study.Assembler.Condition.BELOW_OR_EQUAL;
import static org.ballastvm.testkit.study.Assembler.Condition.EQUAL;
import static org.ballastvm.testkit.study.Assembler.Condition.NOT_EQUAL;
import static org.ballastvm.testkit.study.Assembler.Operation.ADD;
import static org.ballastvm.testkit.study.Assembler.Operation.AND;
import static org.ballastvm.testkit.study.Assembler.Operation.CMP;
import static org.ballastvm.testkit.study.Assembler.Operation.OR;
import static org.ballastvm.testkit.study.Assembler.Operation.SUB;
import static org.ballastvm.testkit.study.Assembler.Operation.XOR;
import static org.ballastvm.testkit.study.Assembler.Register.R10;
import static org.ballastvm.testkit.study.Assembler.Register.R12;
import static org.ballastvm.testkit.study.Assembler.Register.R13;
import static org.ballastvm.testkit.study.Assembler.Register.R14;
import static org.ballastvm.testkit.study.Assembler.Register.R15;
import static org.ballastvm.testkit.study.Assembler.Register.R8;
import static org.ballastvm.testkit.study.Assembler.Register.R9;
import static org.ballastvm.testkit.study.Assembler.Register.RAX;
import static org.ballastvm.testkit.study.Assembler.Register.RBP;
import static org.ballastvm.testkit.study.Assembler.Register.RBX;
import static org.ballastvm.testkit.study.Assembler.Register.RCX;
import static org.ballastvm.testkit.study.Assembler.Register.RDI;
import static org.ballastvm.testkit.study.Assembler.Register.RDX;
import static org.ballastvm.testkit.study.Assembler.Register.RSI;
import static org.ballastvm.testkit.study.Assembler.Register.RSP;

/**
 * The program that a study runs in its guests. It needs nothing but a kernel, so that it runs in any guest.
 *
 * <pre>
 * tool spin FILE CPU          reads the clock for ever and counts in FILE how long it was kept from it: see {@link Stalls}
 * tool window FILE BYTES      writes FILE, says READY, waits until the guest has BYTES of memory or somebody types a line,
 *                             says REACHED, and writes FILE again
 * tool load FILE MIB SEED     takes memory, says LOADED, and reads and writes its pages for ever, counted in FILE
 * tool touch FILE MIB SEED    takes memory and lets it go again
 * </pre>
 *
 * READY, REACHED and LOADED go to the error stream. A status other than 0 says that the kernel refused something.
 */
final class GuestTool {
  /** As much memory as a window waits for in vain: until somebody types a line. */
  static final long NEVER = Long.MAX_VALUE;
  /** Numbers of 64 bits in the file of a load: pages, how many were looked at, how many had changed. */
  static final int LOAD_TOUCHED = 8;
  static final int LOAD_CHANGED = 16;

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int OPEN = 2;
  private static final int POLL = 7;
  private static final int MMAP = 9;
  private static final int NANOSLEEP = 35;
  private static final int EXIT = 60;
  private static final int FTRUNCATE = 77;
  private static final int SYSINFO = 99;
  private static final int SCHED_SETAFFINITY = 203;
  private static final int CLOCK_GETTIME = 228;

  private static final int CREATE = 0x42; // O_RDWR | O_CREAT
  private static final int READ_WRITE = 3;
  private static final int SHARED = 1;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final int CALIBRATION_NANOS = 200_000_000;
  /** What the kernel returns for an error is above this, as an unsigned number. */
  private static final int LEAST_ERROR = -4096;
  private static final int BUFFER_BYTES = 128;
  private static final int TOTAL_RAM = 32; // struct sysinfo
  private static final int PAGE_BITS = 12;
  private static final int PAGES_PER_MIB = 256;
  private static final int PAGES_BETWEEN_NAPS = 255;
  /** A wake-up costs exits, and where the host's processor is emulated, that is a millisecond. */
  private static final int NAP_NANOS = 10 * NANOS_PER_MILLI;
  private static final int LOOK_MILLIS = 2;
  /** Makes neighbours' numbers unlike each other: 2^64 divided by the golden ratio. */
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final Assembler asm = new Assembler();

  private GuestTool() {}

  /** {@return the program, as a file} */
  static byte[] program() {
    GuestTool tool = new GuestTool();
    tool.begin();
    tool.spin();
    tool.window();
    tool.load();
    tool.subroutines();
    return tool.asm.program();
  }

  /** Dispatches by the first letter; rbp stays at the argument count, and each needs a buffer below it. */
  private void begin() {
    asm.mov(RBP, RSP).apply(SUB, RSP, BUFFER_BYTES).load(RAX, RBP, 0).apply(CMP, RAX, 4).jump(BELOW, "refuse");
    asm.load(RBX, RBP, 16).loadByte(RBX, RBX).apply(CMP, RBX, 's').jump(EQUAL, "spin");
    asm.apply(CMP, RBX, 'w').jump(EQUAL, "window").jump("load");
    asm.label("refuse").mov(RDI, 1).syscall(EXIT);
  }

  /**
   * r15 the file, r14 ticks in a slice, r12 the last reading, r13 where the slice began, rbx the longest gap in it. A gap
   * over several slices counts in each of them.
   */
  private void spin() {
    asm.label("spin").call("map file").load(RSI, RBP, 32).call("number");
    asm.mov(RCX, RAX).mov(RAX, 1).shiftLeft(RAX).store(RSP, 0, RAX);
    asm.mov(RDI, 0).mov(RSI, 8).mov(RDX, RSP).syscall(SCHED_SETAFFINITY);
    asm.call("clock").mov(R12, RAX).timeStamp().mov(R13, RAX);
    asm.label("calibrate").call("clock").apply(SUB, RAX, R12).apply(CMP, RAX, CALIBRATION_NANOS)
        .jump(BELOW, "calibrate");
    asm.mov(RBX, RAX).timeStamp().apply(SUB, RAX, R13).mov(RCX, NANOS_PER_MILLI).multiplyWide(RCX).divide(RBX);
    asm.mov(R14, RAX).store(R15, 0, R14).timeStamp().mov(R12, RAX).mov(R13, RAX).mov(RBX, 0);

    asm.label("look").timeStamp().mov(RCX, RAX).apply(SUB, RCX, R12).mov(R12, RAX);
    asm.apply(CMP, RCX, RBX).jump(BELOW_OR_EQUAL, "not longer").mov(RBX, RCX).label("not longer");
    asm.apply(SUB, RAX, R13).apply(CMP, RAX, R14).jump(BELOW, "look");
    asm.mov(RDX, 0).divide(R14).mov(RDX, RAX).multiply(RDX, R14).apply(ADD, R13, RDX);
    asm.apply(OR, RBX, Stalls.BUCKETS_PER_POWER).highestBit(RCX, RBX).apply(SUB, RCX, Stalls.POWER_BITS).mov(RDX, RBX)
        .shiftRight(RDX);
    asm.apply(SUB, RDX, Stalls.BUCKETS_PER_POWER).shiftLeft(RCX, Stalls.POWER_BITS).apply(ADD, RCX, RDX);
    asm.addToElement(R15, RCX, Stalls.HEADER_BYTES, RAX).mov(RBX, 0).jump("look");
  }

  /** r12 how much memory is waited for, r13 how long to sleep between two looks: where only a line is waited for, till then. */
  private void window() {
    asm.label("window").call("map file").load(RSI, RBP, 32).call("number").mov(R12, RAX).mov(R13, LOOK_MILLIS);
    asm.mov(RCX, NEVER).apply(CMP, R12, RCX).jump(NOT_EQUAL, "begin window").mov(R13, -1).label("begin window");
    asm.call("write file").address(RSI, "ready").mov(RDX, "READY\n".length()).call("print");
    asm.label("await").mov(RDI, RSP).syscall(SYSINFO);
    asm.load(RAX, RSP, TOTAL_RAM).apply(CMP, RAX, R12).jump(ABOVE_OR_EQUAL, "reached");
    asm.mov(RAX, 1L << Integer.SIZE).store(RSP, 0, RAX).mov(RDI, RSP).mov(RSI, 1).mov(RDX, R13).syscall(POLL);
    asm.apply(CMP, RAX, 1).jump(NOT_EQUAL, "await");
    asm.mov(RDI, 0).mov(RSI, RSP).mov(RDX, BUFFER_BYTES).syscall(READ);
    asm.label("reached").address(RSI, "reached text").mov(RDX, "REACHED\n".length()).call("print").call("write file");
    asm.mov(RDI, 0).syscall(EXIT);
  }

  /** r15 the file, r14 the memory, r13 pages, r12 the seed, rbx which page. Then r12 is the state of a xorshift. */
  private void load() {
    asm.label("load").call("map file").load(RSI, RBP, 32).call("number");
    asm.mov(RCX, PAGES_PER_MIB).mov(R13, RAX).multiply(R13, RCX).load(RSI, RBP, 40).call("number").mov(R12, RAX);
    asm.mov(RDI, 0).mov(RSI, R13).shiftLeft(RSI, PAGE_BITS).mov(RDX, READ_WRITE).mov(R10, PRIVATE_ANONYMOUS)
        .mov(R8, -1).mov(R9, 0).syscall(MMAP);
    asm.apply(CMP, RAX, LEAST_ERROR).jump(ABOVE, "refuse").mov(R14, RAX).mov(RBX, 0);
    asm.label("fill").apply(CMP, RBX, R13).jump(EQUAL, "filled").call("page").store(RDI, 0, RAX).apply(ADD, RBX, 1)
        .jump("fill");
    asm.label("filled").store(R15, 0, R13).load(RBX, RBP, 16).loadByte(RBX, RBX).apply(CMP, RBX, 't')
        .jump(EQUAL, "done");
    asm.address(RSI, "loaded").mov(RDX, "LOADED\n".length()).call("print").mov(R10, R12).apply(OR, R10, 1);

    asm.label("again").mov(RAX, R10).shiftLeft(RAX, 13).apply(XOR, R10, RAX).mov(RAX, R10).shiftRight(RAX, 7)
        .apply(XOR, R10, RAX).mov(RAX, R10).shiftLeft(RAX, 17).apply(XOR, R10, RAX);
    asm.mov(RAX, R10).multiplyWide(R13).mov(RBX, RDX).call("page").mov(RDX, 1).addTo(R15, LOAD_TOUCHED, RDX);
    asm.load(RCX, RDI, 0).apply(CMP, RCX, RAX).jump(EQUAL, "same").addTo(R15, LOAD_CHANGED, RDX).label("same");
    asm.store(RDI, 0, RAX).load(RAX, R15, LOAD_TOUCHED).apply(AND, RAX, PAGES_BETWEEN_NAPS).apply(CMP, RAX, 0)
        .jump(NOT_EQUAL, "again");
    asm.mov(RAX, 0).store(RSP, 0, RAX).mov(RAX, NAP_NANOS).store(RSP, 8, RAX).mov(RDI, RSP).mov(RSI, 0)
        .syscall(NANOSLEEP).jump("again");
    asm.label("done").mov(RDI, 0).syscall(EXIT);
  }

  private void subroutines() {
    // rsi a decimal number as text -> rax
    asm.label("number").mov(RAX, 0).label("digit").loadByte(RCX, RSI).apply(SUB, RCX, '0').apply(CMP, RCX, 9)
        .jump(ABOVE, "return").mov(RDX, 10).multiply(RAX, RDX).apply(ADD, RAX, RCX).apply(ADD, RSI, 1).jump("digit");
    asm.label("return").ret();

    // The file that the second argument names -> r15
    asm.label("map file").load(RDI, RBP, 24).mov(RSI, CREATE).mov(RDX, 0644).syscall(OPEN);
    asm.apply(CMP, RAX, LEAST_ERROR).jump(ABOVE, "refuse").mov(R8, RAX);
    asm.mov(RDI, R8).mov(RSI, Stalls.FILE_BYTES).syscall(FTRUNCATE);
    asm.mov(RDI, 0).mov(RSI, Stalls.FILE_BYTES).mov(RDX, READ_WRITE).mov(R10, SHARED).mov(R9, 0).syscall(MMAP);
    asm.apply(CMP, RAX, LEAST_ERROR).jump(ABOVE, "refuse").mov(R15, RAX).ret();

    // The file of r15 to standard output; rsi and rdx a text to the error stream
    asm.label("write file").mov(RDI, 1).mov(RSI, R15).mov(RDX, Stalls.FILE_BYTES).syscall(WRITE).ret();
    asm.label("print").mov(RDI, 2).syscall(WRITE).ret();

    // CLOCK_MONOTONIC in nanoseconds -> rax; the stack has the return address on top of the buffer
    asm.label("clock").mov(RDI, 1).mov(RSI, RSP).apply(ADD, RSI, 8).syscall(CLOCK_GETTIME);
    asm.load(RAX, RSP, 8).mov(RCX, 1_000_000_000).multiply(RAX, RCX).load(RCX, RSP, 16).apply(ADD, RAX, RCX).ret();

    // Page rbx of the memory at r14 -> rdi where it is, rax what is in it
    asm.label("page").mov(RDI, RBX).shiftLeft(RDI, PAGE_BITS).apply(ADD, RDI, R14);
    asm.mov(RCX, SPREAD).mov(RAX, RBX).multiply(RAX, RCX).apply(XOR, RAX, R12).ret();

    asm.label("ready").text("READY\n").label("reached text").text("REACHED\n").label("loaded").text("LOADED\n");
  }
}
