package org.ballastvm.vmm.monitor;

/**
 * How memory is printed: {@code /8xw} is eight hexadecimal words of 4 bytes.
 *
 * @param count how many
 * @param letter {@code o d u x c}
 * @param sizeBytes of each: 1, 2, 4 or 8
 */
record DumpFormat(int count, char letter, int sizeBytes) {
  /** One hexadecimal word. */
  static final DumpFormat DEFAULT = new DumpFormat(1, 'x', 4);
  private static final int MOST = 1 << 16;

  /** What stands behind the slash. */
  static DumpFormat parse(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    int count = digits == 0 ? 1 : digits > 6 ? MOST : Math.min(MOST, Integer.parseInt(text.substring(0, digits)));
    char letter = DEFAULT.letter;
    int size = 0;
    for (char c : text.substring(digits).toCharArray()) {
      switch (c) {
        case 'o', 'd', 'u', 'x', 'c' -> letter = c;
        case 'i' -> throw new MonitorError("Asm output not supported on this arch");
        case 'b' -> size = 1;
        case 'h' -> size = 2;
        case 'w' -> size = 4;
        case 'g', 'L' -> size = 8;
        default -> throw MonitorError.misuse("invalid char in format: '" + c + "'");
      }
    }
    return new DumpFormat(count, letter, letter == 'c' ? 1 : size == 0 ? DEFAULT.sizeBytes : size);
  }

  /** How many of them stand on a line. */
  int perLine() { return sizeBytes == 1 ? 8 : 16 / sizeBytes; }

  /** One of them, with the space before it. */
  String show(long value) {
    return switch (letter) {
      case 'o' -> String.format(" %" + (sizeBytes * 8 + 2) / 3 + "s",
          value == 0 ? "0" : "0" + Long.toOctalString(value));
      case 'd' -> String.format(" %" + decimalDigits() + "d", value);
      case 'u' -> String.format(" %" + decimalDigits() + "s", Long.toUnsignedString(value));
      case 'c' -> " '" + character((int) value) + "'";
      default -> " " + hexadecimal(value);
    };
  }

  /** One as {@code print} shows it: as short as it can be. */
  String showAlone(long value) {
    return switch (letter) {
      case 'o' -> value == 0 ? "0" : "0" + Long.toOctalString(value);
      case 'd' -> Long.toString(value);
      case 'u' -> Long.toUnsignedString(value);
      case 'c' -> "'" + character((int) value & 0xff) + "'";
      default -> value == 0 ? "0" : "0x" + Long.toHexString(value);
    };
  }

  private int decimalDigits() { return (sizeBytes * 8 * 10 + 32) / 33; }

  private String hexadecimal(long value) { return String.format("0x%0" + 2 * sizeBytes + "x", value); }

  private static String character(int value) {
    return switch (value) {
      case '\'' -> "\\'";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> value >= 32 && value <= 126 ? String.valueOf((char) value) : String.format("\\x%02x", value);
    };
  }
}
