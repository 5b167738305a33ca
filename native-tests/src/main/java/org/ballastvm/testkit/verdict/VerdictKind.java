package org.ballastvm.testkit.verdict;

/** In which way a guest went wrong. */
public enum VerdictKind {
  /** The kernel has given up. */
  PANIC,
  /** An exception in kernel code: a bad address, a divide error, a double fault. */
  OOPS,
  /** {@code BUG()}, or a check of the kernel's that says {@code BUG:}. */
  BUG,
  /** {@code WARN()}. The kernel prints it at level 4, which {@code quiet} hides: boot with {@code loglevel=5}. */
  WARNING,
  /** An address sanitizer: KASAN, KFENCE or KMSAN. */
  KASAN,
  /** A data race. */
  KCSAN,
  /** Undefined behaviour. */
  UBSAN,
  /** Locks taken in an order, or a context, that can deadlock; suspicious use of RCU. */
  LOCKDEP,
  /** A CPU that RCU has waited for too long. */
  RCU_STALL,
  /** A CPU that schedules no more. */
  SOFT_LOCKUP,
  /** A CPU that takes no interrupts any more. */
  HARD_LOCKUP,
  /** A task that has waited for too long and cannot be interrupted. */
  HUNG_TASK,
  /** Memory that nobody points to. */
  KMEMLEAK,
  /** A process ended for want of memory. */
  OOM_KILL,
  /** The processor has shut down, for it could not deliver an exception. */
  TRIPLE_FAULT,
  /** KVM cannot go on with the guest. */
  KVM_FAILURE,
  /** The machine has ended, or hangs, and the kernel never said a word. */
  EARLY_DEATH,
  /** The kernel has spoken, and nothing of it moves any more. */
  NO_PROGRESS
}
