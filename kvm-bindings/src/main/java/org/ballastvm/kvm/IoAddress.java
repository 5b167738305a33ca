package org.ballastvm.kvm;

/**
 * A doorbell's address.
 *
 * @param port an I/O port; otherwise guest physical memory
 * @param address where
 * @param lengthBytes the width of the write, 1, 2, 4 or 8; 0 for any
 */
public record IoAddress(boolean port, long address, int lengthBytes) {}
