package org.ballastvm.vmm.boot;

/**
 * An initial RAM disk in guest memory.
 *
 * @param base first address, 0 for none
 * @param sizeBytes its length
 */
record Initrd(long base, long sizeBytes) {
  /** There is none. */
  static final Initrd NONE = new Initrd(0, 0);
}
