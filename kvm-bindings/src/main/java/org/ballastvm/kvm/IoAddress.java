package org.ballastvm.kvm;

/**
 * A doorbell's address.
 *
 * @param port an I/O port; otherwise guest physical memory
 * @param address where
 * @param lengthBytes the width of the write, 1, 2, 4 or 8; 0 for any
 */
public record IoAddress(boolean port, long address, int lengthBytes) {
  /** Where it is: {@code port 0xa00}, or {@code 0xc0003000}. */
  @Override
  public String toString() { return (port ? "port 0x" : "0x") + Long.toHexString(address); }
}
