package org.ballastvm.vmm.gdb;

/** What a client has chosen for the packets that follow. */
final class Choices {
  /** Bits of {@code qqemu.sstep}, QEMU's. */
  static final int STEP_ENABLED = 1;
  static final int STEP_WITHOUT_INTERRUPTS = 2;
  static final int STEP_WITHOUT_TIMERS = 4;

  /** Whose registers and page tables are meant: {@code Hg}, by index. */
  int looksAt;
  /** Which vCPU {@code c} and {@code s} move, all that are below zero: {@code Hc}, by index. */
  int moves = -1;
  /** Addresses are physical. */
  boolean physical;
  /** What the client understands in a stop reply. */
  boolean swbreak;
  boolean hwbreak;
  int stepFlags = STEP_ENABLED | STEP_WITHOUT_INTERRUPTS | STEP_WITHOUT_TIMERS;
}
