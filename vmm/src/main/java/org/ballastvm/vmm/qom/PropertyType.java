package org.ballastvm.vmm.qom;

import java.math.BigInteger;
import java.util.List;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;

/** What values a property has, and how users write them. */
public sealed interface PropertyType {
  /** {@return its name, as {@code qom-list} names it} */
  String name();

  /**
   * A value from the machine protocol.
   *
   * @param property whose, for the error
   * @param json Boolean, Long, BigInteger, Double, String, List or Map, or null
   * @return the value: Boolean, Long or String
   * @throws UserError if it is of another type, or out of range
   */
  Object fromJson(String property, Object json);

  /**
   * A value as people type it.
   *
   * @param property whose, for the error
   * @param text for example {@code on}, {@code 64M}
   * @return the value: Boolean, Long or String
   * @throws UserError if it is of another type, or out of range
   */
  Object fromText(String property, String text);

  /** {@return what people may type, if there are only so many} */
  default List<String> values() { return List.of(); }

  private static String text(String property, Object json) {
    if (json instanceof String text) {
      return text;
    }
    throw wrongType(property, "string");
  }

  private static UserError wrongType(String property, String expected) {
    return new UserError("Invalid parameter type for '" + property + "', expected: " + expected);
  }

  /** {@code on} or {@code off}. */
  record Switch() implements PropertyType {
    @Override
    public String name() { return "bool"; }

    @Override
    public Object fromJson(String property, Object json) {
      if (json instanceof Boolean) {
        return json;
      }
      throw wrongType(property, "boolean");
    }

    @Override
    public Object fromText(String property, String text) {
      return switch (text) {
        case "on", "yes", "true", "y" -> true;
        case "off", "no", "false", "n" -> false;
        default -> throw new UserError("Parameter '" + property + "' expects 'on' or 'off', not '" + text + "'");
      };
    }

    @Override
    public List<String> values() { return List.of("on", "off"); }
  }

  /**
   * Text.
   *
   * @param name as {@code qom-list} names it
   */
  record Text(String name) implements PropertyType {
    @Override
    public Object fromJson(String property, Object json) { return text(property, json); }

    @Override
    public Object fromText(String property, String text) { return text; }
  }

  /**
   * A whole number.
   *
   * @param name as {@code qom-list} names it; sizes may be typed with a suffix
   * @param least the smallest
   * @param most the largest
   */
  record Whole(String name, long least, long most) implements PropertyType {
    @Override
    public Object fromJson(String property, Object json) {
      if (json instanceof Long number) {
        return inRange(property, number);
      }
      if (json instanceof BigInteger) {
        throw outOfRange(property, json);
      }
      throw wrongType(property, "integer");
    }

    @Override
    public Object fromText(String property, String text) {
      if (name.equals("size")) {
        return ByteSize.parse(property + "=" + text, text, 1);
      }
      try {
        return inRange(property, Long.decode(text));
      } catch (NumberFormatException e) {
        throw new UserError("Parameter '" + property + "' expects a number, not '" + text + "'");
      }
    }

    private Long inRange(String property, Long number) {
      if (number < least || number > most) {
        throw outOfRange(property, number);
      }
      return number;
    }

    private UserError outOfRange(String property, Object number) {
      return new UserError(
          "Parameter '" + property + "' expects a number from " + least + " to " + most + ", not " + number);
    }
  }

  /**
   * One of a few words.
   *
   * @param name of the enumeration, as {@code qom-list} names it
   * @param values the words
   */
  record Choice(String name, List<String> values) implements PropertyType {
    @Override
    public Object fromJson(String property, Object json) { return fromText(property, text(property, json)); }

    @Override
    public Object fromText(String property, String text) {
      if (values.contains(text)) {
        return text;
      }
      throw new UserError("Parameter '" + property + "' does not accept value '" + text + "'; it takes "
          + String.join(", ", values));
    }
  }

  /**
   * The path of another object, or an empty string.
   *
   * @param target its type
   */
  record Link(String target) implements PropertyType {
    @Override
    public String name() { return "link<" + target + ">"; }

    @Override
    public Object fromJson(String property, Object json) { return text(property, json); }

    @Override
    public Object fromText(String property, String text) { return text; }
  }

  /**
   * A record; read, not written.
   *
   * @param name as {@code qom-list} names it
   */
  record Struct(String name) implements PropertyType {
    @Override
    public Object fromJson(String property, Object json) {
      throw new UserError("Property '" + property + "' is not writable");
    }

    @Override
    public Object fromText(String property, String text) { return fromJson(property, text); }
  }
}
