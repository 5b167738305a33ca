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

  /**
   * Takes writes that were made one after the other.
   *
   * @param offset of each, from the start of the range, in bytes
   * @param sizeBytes of each, 1, 2, 4 or 8
   * @param values each in the low {@code sizeBytes} bytes, the oldest first; not to be kept
   * @param count how many of them
   */
  default void write(long offset, int sizeBytes, long[] values, int count) {
    for (int i = 0; i < count; i++) {
      write(offset, sizeBytes, values[i]);
    }
  }
}
