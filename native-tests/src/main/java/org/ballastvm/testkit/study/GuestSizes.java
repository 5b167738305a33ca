package org.ballastvm.testkit.study;

/**
 * Between which sizes a guest goes to and fro.
 *
 * @param smallBytes  what it has when it is small, in whole MiB
 * @param resizeBytes what comes and goes, in whole blocks of {@link #BLOCK_BYTES}
 */
record GuestSizes(long smallBytes, long resizeBytes) {
  /** What Linux on x86-64 plugs a DIMM by. */
  static final long BLOCK_BYTES = 128L << 20;

  /** {@return what it has when it is large, in bytes} */
  long largeBytes() { return smallBytes + resizeBytes; }
}
