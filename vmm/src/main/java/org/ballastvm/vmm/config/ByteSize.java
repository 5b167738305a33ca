package org.ballastvm.vmm.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HexFormat;
import java.util.Locale;

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

  /**
   * A size in a unit that people have a feeling for.
   *
   * @param bytes any number of bytes, unsigned
   * @return for example {@code 512 MiB}, {@code 1.5 GiB} or {@code 12 bytes}; a whole number or one digit behind the point
   */
  public static String about(long bytes) {
    double left = bytes >= 0 ? bytes : bytes + 0x1p64;
    int unit = -1;
    while (left >= (unit < 0 ? 1024 : 1023.95) && unit < UNITS.length() - 1) {
      left /= 1024;
      unit++;
    }
    if (unit < 0) {
      return bytes + " bytes";
    }
    String number = String.format(Locale.ROOT, "%.1f", left);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + " " + UNITS.charAt(unit)
        + "iB";
  }

  /**
   * Reads a size.
   *
   * @param where what to name in an error
   * @param text a number, perhaps with a fraction, and perhaps a suffix: B, K, M, G, T, P, E; or 0x and hexadecimal digits,
   *        without either
   * @param unitWithoutSuffix how many bytes a bare number counts
   * @return the size in bytes
   * @throws UserError if it is no size, is negative, or does not fit
   */
  public static long parse(String where, String text, long unitWithoutSuffix) {
    String number = text;
    long unit = unitWithoutSuffix;
    if (!text.isEmpty() && !Character.isDigit(text.charAt(text.length() - 1))) {
      int power = ("B" + UNITS).indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
      number = text.substring(0, text.length() - 1);
      unit = power < 0 ? 0 : 1L << 10 * power;
    }
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        long count = HexFormat.fromHexDigitsToLong(text, 2, text.length());
        if (count >= 0 && text.length() > 2) {
          return Math.multiplyExact(count, unitWithoutSuffix);
        }
      }
      if (unit > 0 && number.chars().allMatch(Character::isDigit)) {
        return Math.multiplyExact(Long.parseLong(number), unit);
      }
      BigDecimal value = new BigDecimal(number);
      if (unit > 0 && value.signum() >= 0) {
        return value.multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.HALF_UP).longValueExact();
      }
    } catch (IllegalArgumentException e) { // no number, or more than 16 digits
      // Reported below.
    } catch (ArithmeticException e) {
      throw new UserError(where + ": is more than any machine can have", e);
    }
    throw new UserError(where + ": must be a size such as 512M or 4G");
  }
}
