package org.ballastvm.vmm.config;

/** What is done when the guest's kernel says that it has panicked: {@code -action panic=}, by QEMU's names. */
public enum PanicPolicy {
  /** The machine stops and stays. */
  PAUSE,
  /** The machine ends as if the guest had powered off, so {@code -action shutdown=pause} keeps it. */
  SHUTDOWN,
  /** The machine ends with an exit status that says so. */
  EXIT_FAILURE,
  /** The guest runs on. */
  NONE
}
