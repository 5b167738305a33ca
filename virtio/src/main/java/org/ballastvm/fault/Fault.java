package org.ballastvm.fault;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something that goes wrong, and when. Occasions are counted that are of its place and between its lengths: it strikes on
 * the {@code nth} and those that follow it, {@code count} of them, or with a probability on each of them.
 *
 * @param kind what
 * @param place which queue, vector, BAR or request; any when empty
 * @param nth the first occasion, from 1; 0 is at once
 * @param count how often it strikes; 0 is without end
 * @param leastBytes occasions of fewer bytes do not count
 * @param mostBytes occasions of more bytes do not count
 * @param probability that it strikes on an occasion, above 0 to 1
 * @param seed of what decides by that; the same gives the same
 * @param value milliseconds, bytes, a number or a bit: what the kind takes; empty is its default
 * @param relative whether the bytes of {@link FaultKind#LENGTH} are added to the right length
 */
public record Fault(FaultKind kind, OptionalInt place, long nth, long count, long leastBytes, long mostBytes,
    double probability, long seed, OptionalLong value, boolean relative) {
  private static final List<String> ALWAYS = List.of("what", "nth", "count", "min-length", "max-length", "probability",
      "seed");
  private static final long MOST = 1L << 40;

  /** Checks what does not depend on a device. */
  public Fault {
    if (kind.value() != FaultKind.Value.NONE && kind != FaultKind.WRONG_ID && value.isEmpty()) {
      throw new IllegalArgumentException("what=" + kind.word() + ": needs " + kind.value().word + "=N");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability=" + probability + ": must be above 0, and 1 at most");
    }
    if (nth == 0 && !kind.strikesAtOnce()) {
      throw new IllegalArgumentException("nth=0: what=" + kind.word() + " cannot strike at once; must be from 1");
    }
    if (nth != 0 && onlyAtOnce(kind)) {
      throw new IllegalArgumentException("nth=" + nth + ": what=" + kind.word() + " strikes at once; must be 0");
    }
  }

  private static boolean onlyAtOnce(FaultKind kind) {
    return kind.point() == FaultPoint.AT_ONCE || kind.point() == FaultPoint.SETUP;
  }

  /**
   * A fault that strikes once, on the first occasion, or at once where its kind can.
   *
   * @param kind one that takes no number
   * @return the fault
   */
  public static Fault of(FaultKind kind) { return parse("what=" + kind.word()); }

  /**
   * A fault in words, as {@code -fault} has them behind the device.
   *
   * @param words {@code what=KIND[,KEY=VALUE]...}
   * @return the fault
   * @throws IllegalArgumentException a sentence, if a word is none that it takes, or a value is out of range
   */
  public static Fault parse(String words) {
    Map<String, String> given = split(words);
    String what = given.remove("what");
    if (what == null) {
      throw new IllegalArgumentException("what= is missing; there are " + FaultKind.words(List.of(FaultKind.values())));
    }
    FaultKind kind = Arrays.stream(FaultKind.values()).filter(each -> each.word().equals(what)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "what=" + what + ": must be one of " + FaultKind.words(List.of(FaultKind.values()))));
    String place = given.remove(kind.point().place());
    String value = given.remove(kind.value().word);
    Fault fault = new Fault(kind, place == null ? OptionalInt.empty() : OptionalInt.of(kind.point().placeOf(place)),
        take(given, "nth", kind.strikesAtOnce() ? 0 : 1, 0), take(given, "count", 1, 0),
        take(given, "min-length", 0, 0), take(given, "max-length", Long.MAX_VALUE, 0), probability(given),
        take(given, "seed", 1, Long.MIN_VALUE),
        value == null ? OptionalLong.empty() : OptionalLong.of(value(kind, value)),
        value != null && isRelative(value));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("what=" + what + ": there is no property '" + given.keySet().iterator().next()
          + "'; allowed are " + String.join(", ", ALWAYS) + also(kind.point().place()) + also(kind.value().word));
    }
    return fault;
  }

  private static String also(String word) { return word.isEmpty() ? "" : ", " + word; }

  private static Map<String, String> split(String words) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String part : words.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("'" + part + "': must be key=value");
      }
      if (given.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(part.substring(0, equals) + " is given twice");
      }
    }
    return given;
  }

  private static long take(Map<String, String> given, String key, long usual, long least) {
    String text = given.remove(key);
    return text == null ? usual : Numbers.parse(key, text, least, key.equals("seed") ? Long.MAX_VALUE : MOST);
  }

  private static double probability(Map<String, String> given) {
    String text = given.remove("probability");
    try {
      return text == null ? 1 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("probability=" + text + ": must be above 0, and 1 at most", e);
    }
  }

  private static boolean isRelative(String value) { return value.startsWith("+") || value.startsWith("-"); }

  private static long value(FaultKind kind, String text) {
    boolean signed = kind == FaultKind.LENGTH && isRelative(text);
    return Numbers.parse(kind.value().word, text, signed ? -MOST : kind.value().least,
        signed ? MOST : kind.value().most);
  }

  /** {@return whether an occasion of its kind counts} */
  boolean counts(int where, long lengthBytes) {
    return (place.isEmpty() || place.getAsInt() == where) && lengthBytes >= leastBytes && lengthBytes <= mostBytes;
  }

  /** {@return whether it strikes when it is injected} */
  public boolean isAtOnce() { return nth == 0; }

  /**
   * The length that a chain comes back with.
   *
   * @param right what it should be
   * @return its 32 bits
   */
  public int length(int right) { return (int) (relative ? right + value.orElseThrow() : value.orElseThrow()); }

  /** {@return it in words, from which {@link #parse} makes the same} */
  public String words() {
    StringBuilder text = new StringBuilder("what=").append(kind.word());
    place.ifPresent(number -> text.append(',').append(kind.point().place()).append('=')
        .append(kind.point().placeName(number)));
    value.ifPresent(number -> text.append(',').append(kind.value().word).append('=')
        .append(relative && number >= 0 ? "+" : "").append(number));
    add(text, "nth", nth, kind.strikesAtOnce() ? 0 : 1);
    add(text, "count", count, 1);
    add(text, "min-length", leastBytes, 0);
    add(text, "max-length", mostBytes, Long.MAX_VALUE);
    if (probability < 1) {
      text.append(",probability=").append(probability).append(",seed=").append(seed);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String key, long number, long usual) {
    if (number != usual) {
      text.append(',').append(key).append('=').append(number);
    }
  }
}
