package org.ballastvm.vmm.config;

/** Sizes as people write and read them. */
public final class ByteSize {
  private static final String UNITS = "KMGTPE";

  private ByteSize() {}

  /**
   * A size in the largest unit that divides it.
   *
   * @param bytes any number of bytes
   * @return for example {@code 512 MiB}, {@code 3 GiB} or {@code 4097 bytes}
   */
  public static String describe(long bytes) {
    int unit = -1;
    long left = bytes;
    while (left != 0 && left % 1024 == 0 && unit < UNITS.length() - 1) {
      left /= 1024;
      unit++;
    }
    return unit < 0 ? left + " bytes" : left + " " + UNITS.charAt(unit) + "iB";
  }
}
