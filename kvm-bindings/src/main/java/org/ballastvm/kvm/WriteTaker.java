package org.ballastvm.kvm;

/** Takes what a guest wrote without leaving. */
@FunctionalInterface
public interface WriteTaker {
  /**
   * Writes to one address, after all that were made before them.
   *
   * @param port whether to an I/O port; otherwise to guest physical memory
   * @param address where
   * @param lengthBytes of each, 1 to 8
   * @param values little-endian, zero-extended, the oldest first; the taker's until it returns
   * @param count how many of them
   */
  void write(boolean port, long address, int lengthBytes, long[] values, int count);
}
