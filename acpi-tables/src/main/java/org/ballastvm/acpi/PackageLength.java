package org.ballastvm.acpi;

/** The length that stands before what AML encloses (ACPI 6.5, 20.2.4): one to four bytes, 28 bits at most. */
final class PackageLength {
  /** The largest length there is. */
  static final int MAX = (1 << 28) - 1;
  private static final int ONE_BYTE_MAX = 0x3f;

  private PackageLength() {}

  /** The encoding of a number as it is, as fields give the width of their pieces. */
  static byte[] encode(int value) {
    return encode(value, bytesFor(value));
  }

  /** The encoding of the length of {@code contentBytes} and of the encoding itself. */
  static byte[] encodeEnclosing(int contentBytes) {
    int own = 1;
    while (bytesFor(contentBytes + own) > own) {
      own++;
    }
    return encode(contentBytes + own, own);
  }

  private static int bytesFor(int value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("AML encloses at most " + MAX + " bytes, not " + value);
    }
    if (value <= ONE_BYTE_MAX) {
      return 1;
    }
    return value < 1 << 12 ? 2 : value < 1 << 20 ? 3 : 4;
  }

  private static byte[] encode(int value, int bytes) {
    ByteSink out = new ByteSink();
    if (bytes == 1) {
      return out.u8(value).toArray();
    }
    out.u8((bytes - 1) << 6 | (value & 0xf));
    for (int i = 0; i < bytes - 1; i++) {
      out.u8(value >>> (4 + 8 * i));
    }
    return out.toArray();
  }
}
