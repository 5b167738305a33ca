package org.ballastvm.vmm.event;

/** How far a dump is, by QEMU's names. */
public enum DumpStatus {
  /** Nothing was dumped yet. */
  NONE,
  /** It is being written. */
  ACTIVE,
  /** It is in its file. */
  COMPLETED,
  /** It could not be written, and left no file. */
  FAILED
}
