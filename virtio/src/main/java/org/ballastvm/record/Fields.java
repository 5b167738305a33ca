package org.ballastvm.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What lines of a recording are made of. A {@code why} is the rest of its line, all else has no space in it. */
final class Fields {
  private static final String SENTENCE = "why";
  /** No queue has more entries, so no chain has more buffers. */
  private static final int MOST_BUFFERS = 32768;

  private final String line;
  private final Map<String, String> given = new LinkedHashMap<>();

  /** Splits {@code key=value} words; IllegalArgumentException with a sentence if they are none. */
  Fields(String line, String words) {
    this.line = line;
    int at = 0;
    while (at < words.length()) {
      int equals = words.indexOf('=', at);
      if (equals < 0) {
        throw broken("'" + words.substring(at) + "' must be key=value");
      }
      String key = words.substring(at, equals);
      int space = words.indexOf(' ', equals);
      int end = space < 0 || key.equals(SENTENCE) ? words.length() : space;
      given.put(key, words.substring(equals + 1, end));
      at = end + 1;
    }
  }

  IllegalArgumentException broken(String why) {
    return new IllegalArgumentException("the line '" + (line.length() > 100 ? line.substring(0, 100) + "..." : line)
        + "' is none of a recording: " + why);
  }

  String text(String key) {
    String value = given.get(key);
    if (value == null) {
      throw broken(key + "= is missing");
    }
    return value;
  }

  /** A number in a range; hexadecimal ones have all 64 bits. */
  long number(String key, long least, long most) {
    String text = text(key);
    try {
      long number = text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw broken(key + "=" + text + " must be a number from " + least + " to " + most);
  }

  int small(String key, int most) { return (int) number(key, 0, most); }

  long bits(String key) { return number(key, Long.MIN_VALUE, Long.MAX_VALUE); }

  boolean flag(String key) {
    return switch (text(key)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw broken(key + "=" + text(key) + " must be true or false");
    };
  }

  String digits(String key) {
    String text = text(key);
    if (text.length() % 2 != 0 || !text.chars().allMatch(each -> Character.digit(each, 16) >= 0 && each < 0x80)) {
      throw broken(key + "= must be an even number of hexadecimal digits");
    }
    return text;
  }

  List<Long> lengths(String key) {
    List<Long> lengths = new ArrayList<>();
    for (String part : text(key).isEmpty() ? new String[0] : text(key).split("\\+", -1)) {
      int times = part.indexOf('x');
      try {
        long length = Long.parseLong(times < 0 ? part : part.substring(0, times));
        int count = times < 0 ? 1 : Integer.parseInt(part.substring(times + 1));
        if (length < 0 || count < 1 || lengths.size() + count > MOST_BUFFERS) {
          throw broken(key + "=" + part + " must be the lengths of 32768 buffers at most");
        }
        for (int i = 0; i < count; i++) {
          lengths.add(length);
        }
      } catch (NumberFormatException e) {
        throw broken(key + "=" + part + " must be lengths, such as 16+512x8");
      }
    }
    return lengths;
  }

  /** Lengths in a row, such as {@code 16+512x8}. */
  static String lengths(List<Long> lengths) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lengths.size();) {
      int end = i + 1;
      while (end < lengths.size() && lengths.get(end).equals(lengths.get(i))) {
        end++;
      }
      text.append(text.isEmpty() ? "" : "+").append(lengths.get(i)).append(end - i == 1 ? "" : "x" + (end - i));
      i = end;
    }
    return text.toString();
  }

  static String hex(long value) { return "0x" + Long.toHexString(value); }

  /** A sentence that stays in its line. */
  static String line(String sentence) {
    return sentence.replace('\n', ' ').replace('\r', ' ');
  }
}
