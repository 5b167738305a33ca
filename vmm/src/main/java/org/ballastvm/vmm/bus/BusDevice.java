package org.ballastvm.vmm.bus;

/** What answers at a range of a bus. Called on vCPU threads, several at once. */
public interface BusDevice {
  /**
   * Answers a read.
   *
   * @param offset from the start of the range, in bytes
   * @param sizeBytes 1, 2, 4 or 8
   * @return the value, little-endian, in the low {@code sizeBytes} bytes
   */
  long read(long offset, int sizeBytes);

  /**
   * Takes a write.
   *
   * @param offset from the start of the range, in bytes
   * @param sizeBytes 1, 2, 4 or 8
   * @param value in the low {@code sizeBytes} bytes
   */
  void write(long offset, int sizeBytes, long value);
}
