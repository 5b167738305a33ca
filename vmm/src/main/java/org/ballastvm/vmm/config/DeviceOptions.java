package org.ballastvm.vmm.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.virtio.BalloonConfig;

/** What {@code -device} and {@code device_add} take. */
public final class DeviceOptions {
  /** What {@code -device help} prints. */
  public static final String LIST = "Misc devices:\nname \"virtio-balloon-pci\", bus PCI\nname \"virtio-mem-pci\", bus PCI\nname \"virtio-rng-pci\", bus PCI\nname \"pc-dimm\", desc \"DIMM memory module\"";

  private static final int MOST_SLOTS = 256;
  private static final int MOST_NODES = 128;

  private DeviceOptions() {}

  /**
   * Parses.
   *
   * @param values the driver and its properties
   * @return the device
   * @throws UserError if there is no such driver or property, or a value is none that it takes
   */
  public static DeviceConfig parse(KeyValues values) {
    String driver = values.require("driver");
    Optional<String> id = values.takeId();
    if (driver.equals("pc-dimm")) {
      return dimm(id, values);
    }
    OptionalInt slot = values.take("addr").map(addr -> slot(values, addr)).orElse(OptionalInt.empty());
    return switch (driver) {
      case "virtio-balloon-pci", "virtio-balloon" -> {
        BalloonConfig properties = BalloonOptions.take(values);
        values.refuseRest("id, addr, " + BalloonOptions.NAMES);
        yield new DeviceConfig.Balloon(id, slot, properties);
      }
      case "virtio-mem-pci", "virtio-mem" -> {
        DeviceConfig.Mem mem = MemoryDeviceOptions.take(values, id, slot);
        values.refuseRest("id, addr, " + MemoryDeviceOptions.NAMES);
        yield mem;
      }
      case "virtio-rng-pci", "virtio-rng" -> {
        values.refuseRest("id, addr");
        yield new DeviceConfig.Rng(id, slot);
      }
      default -> throw values.error("'" + driver
          + "' is not a valid device model name; there are pc-dimm, virtio-balloon-pci, virtio-mem-pci, virtio-rng-pci");
    };
  }

  private static DeviceConfig dimm(Optional<String> id, KeyValues values) {
    String memdev = values.take("memdev").orElseThrow(() -> values.error("'memdev' property is not set"));
    OptionalInt slot = values.takeInt("slot", -1, MOST_SLOTS - 1).filter(given -> given >= 0).map(OptionalInt::of)
        .orElse(OptionalInt.empty());
    OptionalLong address = values.takeSize("addr", 1).filter(given -> given != 0).map(OptionalLong::of)
        .orElse(OptionalLong.empty());
    int node = values.takeInt("node", 0, MOST_NODES - 1).orElse(0);
    values.refuseRest("id, memdev, slot, addr, node");
    return new DeviceConfig.Dimm(id, memdev, slot, address, node);
  }

  /** A PCI address as QEMU writes it: the slot in hexadecimal, perhaps with function 0. */
  private static OptionalInt slot(KeyValues values, String addr) {
    String number = addr.endsWith(".0") ? addr.substring(0, addr.length() - 2) : addr;
    try {
      int slot = Integer.parseInt(number.startsWith("0x") ? number.substring(2) : number, 16);
      if (slot >= 1 && slot <= 31) {
        return OptionalInt.of(slot);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw values.error("addr=" + addr + " must be a PCI slot from 1 to 1f, in hexadecimal, function 0");
  }
}
