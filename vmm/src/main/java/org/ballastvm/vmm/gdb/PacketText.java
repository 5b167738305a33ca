package org.ballastvm.vmm.gdb;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** How packets are written: GDB's manual, appendix E.1. */
final class PacketText {
  private static final String ESCAPED = "#$}*";
  private static final int ESCAPE_MASK = 0x20;

  private PacketText() {}

  /** A packet around a text, whose characters are bytes. */
  static byte[] framed(String text) {
    int sum = 0;
    for (int i = 0; i < text.length(); i++) {
      sum += text.charAt(i);
    }
    return "$%s#%02x".formatted(text, sum & 0xff).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A text that may hold any byte. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (ESCAPED.indexOf(c) >= 0) {
        out.append('}').append((char) (c ^ ESCAPE_MASK));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  static String hex(String text) { return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)); }

  static String hex(byte[] bytes, int count) { return HexFormat.of().formatHex(bytes, 0, count); }

  static byte[] bytes(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.INVALID, e);
    }
  }

  /** A number in hexadecimal digits, 1 to 16 of them. */
  static long number(String hex) {
    try {
      return HexFormat.fromHexDigitsToLong(hex);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.INVALID, e);
    }
  }

  /** A part of a longer answer: {@code qXfer}, whose client asks for it piece by piece. */
  static String piece(String whole, String range) {
    String[] numbers = range.split(",", 2);
    if (numbers.length < 2) {
      throw new Refusal(Refusal.INVALID);
    }
    long from = number(numbers[0]);
    long most = Math.min(number(numbers[1]), PacketReader.MOST_BYTES / 2 - 1);
    if (from < 0 || most <= 0 || from > whole.length()) {
      throw new Refusal(Refusal.INVALID);
    }
    int end = (int) Math.min(whole.length(), from + most);
    return (end == whole.length() ? "l" : "m") + escaped(whole.substring((int) from, end));
  }
}
