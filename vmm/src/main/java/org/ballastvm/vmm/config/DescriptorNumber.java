package org.ballastvm.vmm.config;

/** A descriptor that this process was given, by its number. */
final class DescriptorNumber {
  private DescriptorNumber() {}

  /** The number that a property names; the first three are this process's own streams. */
  static int parse(KeyValues values, String key, String text) {
    if (text.matches("[0-9]{1,6}") && Integer.parseInt(text) > 2) {
      return Integer.parseInt(text);
    }
    throw values.error(key + "=" + text + ": must be the number of an open descriptor, from 3");
  }
}
