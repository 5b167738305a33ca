package org.ballastvm.acpi;

/** The byte that makes a table's bytes add up to zero (ACPI 6.5, 5.2.6). */
final class Checksum {
  /** Where a table's header has it. */
  static final int TABLE_OFFSET = 9;

  private Checksum() {}

  /** The checksum of the first {@code lengthBytes} bytes, in which its own place still holds zero. */
  static byte of(byte[] bytes, int lengthBytes) {
    int sum = 0;
    for (int i = 0; i < lengthBytes; i++) {
      sum += bytes[i];
    }
    return (byte) -sum;
  }
}
