package org.ballastvm.vmm.config;

import java.util.Optional;

/**
 * A property that users may give a device or an object.
 *
 * @param name its name
 * @param type the name of its type, as QEMU has it
 * @param description in a few words; empty where its name says it
 * @param fallback what it is when it was not given: a Boolean, a Long or a String; empty if it must be given, or there is no
 *        such value
 */
public record ModelProperty(String name, String type, Optional<String> description, Optional<Object> fallback) {
  static ModelProperty bool(String name, boolean fallback) {
    return new ModelProperty(name, "bool", Optional.of("on/off"), Optional.of(fallback));
  }

  static ModelProperty number(String name, String type, String description, long fallback) {
    return new ModelProperty(name, type, Optional.of(description), Optional.of(fallback));
  }

  static ModelProperty of(String name, String type, String description) {
    return new ModelProperty(name, type, Optional.of(description), Optional.empty());
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
