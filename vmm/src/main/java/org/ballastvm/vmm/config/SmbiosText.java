package org.ballastvm.vmm.config;

import java.util.List;
import java.util.stream.Stream;

/** The texts of a machine's SMBIOS tables that a user can give, by QEMU's keys of {@code -smbios}. */
public enum SmbiosText {
  /** Who made the firmware. */
  FIRMWARE_VENDOR(0, "vendor"),
  /** Which firmware it is. */
  FIRMWARE_VERSION(0, "version"),
  /** When it was made, {@code mm/dd/yyyy}. */
  FIRMWARE_DATE(0, "date"),
  /** Who made the machine. */
  SYSTEM_MANUFACTURER(1, "manufacturer"),
  /** What it is called. */
  SYSTEM_PRODUCT(1, "product"),
  /** Which of that. */
  SYSTEM_VERSION(1, "version"),
  /** Its serial number. */
  SYSTEM_SERIAL(1, "serial"),
  /** What it is sold as. */
  SYSTEM_SKU(1, "sku"),
  /** Of which family. */
  SYSTEM_FAMILY(1, "family"),
  /** Who made its board. */
  BOARD_MANUFACTURER(2, "manufacturer"),
  /** What the board is called. */
  BOARD_PRODUCT(2, "product"),
  /** Which of that. */
  BOARD_VERSION(2, "version"),
  /** The board's serial number. */
  BOARD_SERIAL(2, "serial"),
  /** The board's tag. */
  BOARD_ASSET(2, "asset"),
  /** Where in its chassis it is. */
  BOARD_LOCATION(2, "location"),
  /** Who made the chassis. */
  CHASSIS_MANUFACTURER(3, "manufacturer"),
  /** Which chassis it is. */
  CHASSIS_VERSION(3, "version"),
  /** Its serial number. */
  CHASSIS_SERIAL(3, "serial"),
  /** Its tag. */
  CHASSIS_ASSET(3, "asset"),
  /** What it is sold as. */
  CHASSIS_SKU(3, "sku");

  private final int type;
  private final String key;

  SmbiosText(int type, String key) {
    this.type = type;
    this.key = key;
  }

  /** {@return the type of the structure that has it, 0 to 3} */
  public int type() { return type; }

  /** {@return what {@code -smbios} calls it} */
  public String key() { return key; }

  /** Those of a type. */
  static List<SmbiosText> of(int type) {
    return Stream.of(values()).filter(text -> text.type == type).toList();
  }
}
