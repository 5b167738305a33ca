package org.ballastvm.vmm.config;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The value of an option in QEMU's syntax: {@code first,key=value,flag}, with {@code ,,} for a comma inside a value.
 *
 * <p>
 * What a reader does not take is refused by {@link #refuseRest}, so that nothing the user wrote is ignored.
 */
public final class KeyValues {
  private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

  private final String option;
  private final String firstKey;
  /** The option, and a first part without {@code =}: enough for the user to see which one is meant. */
  private String which;
  private final Map<String, String> values = new LinkedHashMap<>();

  private KeyValues(String option, String firstKey) {
    this.option = option;
    this.firstKey = firstKey;
    this.which = option;
  }

  /**
   * Parses.
   *
   * @param option the option's name, for errors, for example {@code -device}
   * @param text what stands behind it
   * @param firstKey the key of a first part without {@code =}
   * @return its keys and values; a bare word is {@code on}
   * @throws UserError for an empty key, or a key given twice
   */
  public static KeyValues parse(String option, String text, String firstKey) {
    return parseWithRepeated(option, text, firstKey, "");
  }

  /**
   * Parses an option with a key that may be given several times.
   *
   * @param option the option's name, for errors
   * @param text what stands behind it
   * @param firstKey the key of a first part without {@code =}
   * @param repeated the key whose values are put together, with commas between them
   * @return its keys and values; a bare word is {@code on}
   * @throws UserError for an empty key, or another key given twice
   */
  public static KeyValues parseWithRepeated(String option, String text, String firstKey, String repeated) {
    KeyValues result = new KeyValues(option, firstKey);
    boolean first = true;
    for (String part : split(text)) {
      int equals = part.indexOf('=');
      String key = equals >= 0 ? part.substring(0, equals) : first ? firstKey : part;
      String value = equals >= 0 ? part.substring(equals + 1) : first ? part : "on";
      if (key.isEmpty() || part.isEmpty()) {
        throw new UserError(option + " " + text + ": a part between two commas is empty; it must be key=value");
      }
      if (key.equals(repeated)) {
        result.values.merge(key, value, (earlier, later) -> earlier + "," + later);
      } else if (result.values.put(key, value) != null) {
        throw new UserError(option + " " + text + ": " + key + " is given twice");
      }
      if (first && equals < 0) {
        result.which = option + " " + part;
      }
      first = false;
    }
    return result;
  }

  /**
   * Takes values as a program gives them.
   *
   * @param option what they are for, for errors, for example {@code device_add}; empty where that is known
   * @param given by key: Boolean, Long, String; what else JSON has, no option takes
   * @param firstKey the key whose value names the one that is meant
   * @return the keys and values, as if they had been typed
   * @throws UserError if a value is an object, an array, a fraction or null
   */
  public static KeyValues of(String option, Map<String, Object> given, String firstKey) {
    KeyValues result = new KeyValues(option, firstKey);
    given.forEach((key, value) -> result.values.put(key, switch (value) {
      case Boolean flag -> flag ? "on" : "off";
      case Long number -> number.toString();
      case BigInteger number -> number.toString();
      case String text -> text;
      case null, default -> throw new UserError(
          "Invalid parameter type for '" + key + "', expected: string, integer or boolean");
    }));
    if (!option.isEmpty() && result.values.containsKey(firstKey)) {
      result.which = option + " " + result.values.get(firstKey);
    }
    return result;
  }

  private static List<String> split(String text) {
    List<String> parts = new java.util.ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ',') {
        part.append(c);
      } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
        part.append(',');
        i++;
      } else {
        parts.add(part.toString());
        part.setLength(0);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /**
   * An error about the option as a whole.
   *
   * @param rest what is wrong with it
   * @return the error
   */
  public UserError error(String rest) { return new UserError(which.isEmpty() ? rest : which + ": " + rest); }

  /** A key and its value, where the user gave them. */
  private String at(String key, String value) {
    return option.isEmpty()
        ? key + "=" + value
        : (key.equals(firstKey) || which.equals(option) ? option + " " : which + ",") + key + "=" + value;
  }

  /** {@return the keys that nobody took yet, in the order given} */
  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  /**
   * Takes a value.
   *
   * @param key its key
   * @return the value, if it was given
   */
  public Optional<String> take(String key) { return Optional.ofNullable(values.remove(key)); }

  /**
   * Puts another value in place of one that was given.
   *
   * @param key its key
   * @param change makes it of the one that was given
   */
  public void replace(String key, UnaryOperator<String> change) {
    values.computeIfPresent(key, (name, value) -> change.apply(value));
  }

  /**
   * Takes a value that must be there.
   *
   * @param key its key
   * @return the value
   * @throws UserError if it is missing
   */
  public String require(String key) {
    return take(key).orElseThrow(() -> error("parameter '" + key + "' is missing"));
  }

  /**
   * Takes an id.
   *
   * @return the id, if it was given
   * @throws UserError if it does not begin with a letter, or has more than letters, digits, '-', '.' and '_'
   */
  public Optional<String> takeId() {
    return take("id").map(id -> {
      if (!ID.matcher(id).matches()) {
        throw error("Parameter 'id' expects an identifier, not '" + id
            + "': a letter, and then letters, digits, '-', '.' and '_'");
      }
      return id;
    });
  }

  /** {@return the id that must be there} */
  public String requireId() {
    return takeId().orElseThrow(() -> error("parameter 'id' is missing"));
  }

  /**
   * Takes a switch.
   *
   * @param key its key
   * @param fallback what it is when it was not given
   * @return whether it is on
   * @throws UserError if it is neither on nor off
   */
  public boolean takeBoolean(String key, boolean fallback) { return takeBoolean(key).orElse(fallback); }

  /**
   * Takes a switch that may be missing.
   *
   * @param key its key
   * @return whether it is on, if it was given
   * @throws UserError if it is neither on nor off
   */
  public Optional<Boolean> takeBoolean(String key) {
    return take(key).map(value -> switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw new UserError(at(key, value) + ": must be on or off");
    });
  }

  /**
   * Takes a number.
   *
   * @param key its key
   * @param least the smallest allowed
   * @param most the largest allowed
   * @return the number, if it was given
   * @throws UserError if it is none, or out of range
   */
  public Optional<Integer> takeInt(String key, int least, int most) {
    return take(key).map(value -> {
      try {
        int number = Integer.decode(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Reported below.
      }
      throw new UserError(at(key, value) + ": must be a number from " + least + " to " + most);
    });
  }

  /**
   * Takes a size.
   *
   * @param key its key
   * @param unitWithoutSuffix how many bytes a bare number counts
   * @return the size in bytes, if it was given
   * @throws UserError if it is none
   */
  public Optional<Long> takeSize(String key, long unitWithoutSuffix) {
    return take(key).map(value -> ByteSize.parse(at(key, value), value, unitWithoutSuffix));
  }

  /**
   * Refuses what nobody took.
   *
   * @param allowed what could have been given, for the error
   * @throws UserError naming the first key left
   */
  public void refuseRest(String allowed) {
    for (Map.Entry<String, String> left : values.entrySet()) {
      throw error("there is no property '" + left.getKey() + "'; allowed are " + allowed);
    }
  }
}
