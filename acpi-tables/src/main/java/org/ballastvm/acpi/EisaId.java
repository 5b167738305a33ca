package org.ballastvm.acpi;

/** The compressed form of identifiers such as PNP0A03 (ACPI 6.5, 19.3.4). */
final class EisaId {
  private EisaId() {}

  /** The integer that a {@code _HID} of this identifier holds. */
  static AmlValue.Int of(String id) {
    if (!id.matches("[A-Z]{3}[0-9A-F]{4}")) {
      throw new IllegalArgumentException("not an EISA identifier: \"" + id + "\"");
    }
    int letters = 0;
    for (int i = 0; i < 3; i++) {
      letters = letters << 5 | id.charAt(i) - '@';
    }
    int product = Integer.parseInt(id.substring(3), 16);
    // The number is big-endian inside a little-endian integer.
    return new AmlValue.Int(Integer.toUnsignedLong(Integer.reverseBytes(letters << 16 | product)));
  }
}
