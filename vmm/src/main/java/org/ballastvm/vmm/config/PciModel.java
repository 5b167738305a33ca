package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What devices on PCI take. */
final class PciModel {
  /** The only bus whose devices come and go. */
  private static final String BUS = "pci.0";

  private static final ModelProperty<Integer> SLOT = ModelProperty
      .of("addr", "int32", "Slot and optional function number, example: 06.0 or 06", PciModel::slot).orElse(-1L);

  /** Which of virtio's two interfaces a device has; ours have the modern one. */
  private static final List<ModelProperty<?>> UNLISTED = List.of(bus(BUS),
      ModelProperty.of("disable-legacy", "OnOffAuto", "", (values, key) -> {
        if (values.take(key).filter(given -> !given.equals("on") && !given.equals("auto")).isPresent()) {
          throw values.error("disable-legacy must be on: there is no legacy interface");
        }
        return Optional.empty();
      }), ModelProperty.of("disable-modern", "bool", "", (values, key) -> {
        if (values.takeBoolean(key, false)) {
          throw values.error("disable-modern must be off: there is no other interface");
        }
        return Optional.empty();
      }));

  private PciModel() {}

  /** Makes a device's configuration. */
  @FunctionalInterface
  interface Parser {
    /** The id and the slot have been taken. */
    DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values);
  }

  /** A kind of virtio device: {@code virtio-X} is its alias. */
  static Model<DeviceConfig> of(String kind, Parser parser, List<ModelProperty<?>> own) {
    List<ModelProperty<?>> properties = new ArrayList<>(List.of(SLOT));
    properties.addAll(own);
    return new Model<>(kind + "-pci", Optional.of(kind), "virtio-pci", Optional.of("PCI"), Optional.empty(),
        List.copyOf(properties), UNLISTED, values -> parse(parser, values));
  }

  /** A kind of device that is no virtio device. */
  static Model<DeviceConfig> plain(String name, Parser parser, List<ModelProperty<?>> own) {
    List<ModelProperty<?>> properties = new ArrayList<>(List.of(SLOT));
    properties.addAll(own);
    return new Model<>(name, Optional.empty(), "pci-device", Optional.of("PCI"), Optional.empty(),
        List.copyOf(properties), List.of(bus(BUS)), values -> parse(parser, values));
  }

  private static DeviceConfig parse(Parser parser, KeyValues values) {
    Optional<String> id = values.takeId();
    return parser.parse(id, SLOT.take(values).map(OptionalInt::of).orElse(OptionalInt.empty()), values);
  }

  /** {@code bus=}, where there is but one. */
  static ModelProperty<String> bus(String only) {
    return ModelProperty.of("bus", "string", "", (values, key) -> values.take(key).map(bus -> {
      if (!bus.equals(only)) {
        throw values.error("Bus '" + bus + "' not found; there is " + only);
      }
      return bus;
    }));
  }

  /** A PCI address as QEMU writes it: the slot in hexadecimal, perhaps with function 0. */
  private static Optional<Integer> slot(KeyValues values, String key) {
    return values.take(key).map(addr -> {
      String number = addr.endsWith(".0") ? addr.substring(0, addr.length() - 2) : addr;
      try {
        int slot = Integer.parseInt(number.startsWith("0x") ? number.substring(2) : number, 16);
        if (slot >= 1 && slot <= 31) {
          return slot;
        }
      } catch (NumberFormatException e) {
        // Reported below.
      }
      throw values.error(key + "=" + addr + " must be a PCI slot from 1 to 1f, in hexadecimal, function 0");
    });
  }
}
