package org.ballastvm.vmm.config;

/** The normal page of x86-64, of hosts and of guests: what KVM maps, Linux counts, and the sizes of memory are whole in. */
public final class PageSize {
  /** A page is 2 to the power of this. */
  public static final int SHIFT = 12;
  /** Its size, in bytes. */
  public static final int BYTES = 1 << SHIFT;

  private PageSize() {}
}
