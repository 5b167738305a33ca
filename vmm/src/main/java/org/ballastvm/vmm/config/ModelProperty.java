package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;

/**
 * A property that users may give a device or an object: how it is called, described and read.
 *
 * @param <T> what its value becomes
 * @param name its name
 * @param type the name of its type, as QEMU has it
 * @param description in a few words; empty where its name says it
 * @param fallback what help says that it is when it was not given: a Boolean, a Long or a String; empty if it must be given,
 *        or there is no such value
 * @param choices its values, if there are only so many
 * @param reader takes it from what was given
 * @param usual what its value becomes when it was not given, where that does not depend on the kind
 */
public record ModelProperty<T>(String name, String type, Optional<String> description, Optional<Object> fallback,
    List<String> choices, Reader<T> reader, Optional<T> usual) {
  /** The type of a property that names memory. */
  public static final String MEMORY = "link<memory-backend>";
  /** The type of a property that names a thread. */
  public static final String IOTHREAD = "link<iothread>";

  /**
   * Takes a value, if it was given.
   *
   * @param <T> what it takes
   */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Takes it.
     *
     * @param values what was given
     * @param name the property's
     * @return the value, if it was given
     * @throws UserError for a value that is none
     */
    Optional<T> read(KeyValues values, String name);
  }

  /** A switch, and what it is without a word. */
  static ModelProperty<Boolean> flag(String name, boolean fallback) {
    return flag(name, "on/off").usually(fallback);
  }

  /** A switch whose state without a word depends on the kind. */
  static ModelProperty<Boolean> flag(String name, String description) {
    return of(name, "bool", description, KeyValues::takeBoolean).oneOf("on", "off");
  }

  /** A number from {@code least} to {@code most}. */
  static ModelProperty<Integer> number(String name, String type, String description, int least, int most) {
    return of(name, type, description, (values, key) -> values.takeInt(key, least, most));
  }

  /** A size in bytes. */
  static ModelProperty<Long> size(String name, String type, String description) {
    return of(name, type, description, (values, key) -> values.takeSize(key, 1));
  }

  /** A text, or the name of another object. */
  static ModelProperty<String> text(String name, String type, String description) {
    return of(name, type, description, KeyValues::take);
  }

  /** One with a way of its own to read it. */
  static <T> ModelProperty<T> of(String name, String type, String description, Reader<T> reader) {
    return new ModelProperty<>(name, type, Optional.of(description), Optional.empty(), List.of(), reader,
        Optional.empty());
  }

  /** The same, for which help says what it is without a word: not a value of it, or one that its kind makes something of. */
  ModelProperty<T> orElse(Object shown) {
    return new ModelProperty<>(name, type, description, Optional.of(shown), choices, reader, usual);
  }

  /** The same, which is this without a word: for {@link #takeOrUsual}, and in help. */
  ModelProperty<T> usually(T value) {
    return usually(value, value instanceof Integer number ? number.longValue() : value);
  }

  /** The same, which help calls something else. */
  ModelProperty<T> usually(T value, Object shown) {
    return new ModelProperty<>(name, type, description, Optional.of(shown), choices, reader, Optional.of(value));
  }

  /** The same, which has these values alone. */
  ModelProperty<T> oneOf(String... values) {
    return new ModelProperty<>(name, type, description, fallback, List.of(values), reader, usual);
  }

  /** Takes it, if it was given. */
  Optional<T> take(KeyValues values) { return reader.read(values, name); }

  /** Takes it, or what it is without a word. */
  T takeOrUsual(KeyValues values) {
    Optional<T> given = take(values);
    return given.isPresent() ? given.get() : usual.orElseThrow();
  }

  /** As help prints it: QEMU's columns. */
  String line() {
    String what = name + "=<" + type + ">";
    if (description.isEmpty() && fallback.isEmpty()) {
      return "  " + what;
    }
    String value = fallback.map(one -> one instanceof String ? "\"" + one + "\"" : one.toString())
        .map(text -> " (default: " + text + ")").orElse("");
    return String.format("  %-22s - %s%s", what, description.orElse(""), value);
  }
}
