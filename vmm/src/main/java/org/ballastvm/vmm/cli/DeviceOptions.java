package org.ballastvm.vmm.cli;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;

/** {@code -device}. */
final class DeviceOptions {
  static final String LIST = "Misc devices:\nname \"virtio-balloon-pci\", bus PCI\nname \"virtio-rng-pci\", bus PCI";

  private DeviceOptions() {}

  static DeviceConfig parse(String text) {
    KeyValues values = KeyValues.parse("-device", text, "driver");
    String driver = values.require("driver");
    Optional<String> id = values.take("id");
    OptionalInt slot = values.take("addr").map(addr -> slot(addr)).orElse(OptionalInt.empty());
    return switch (driver) {
      case "virtio-balloon-pci", "virtio-balloon" -> {
        boolean deflate = values.takeBoolean("deflate-on-oom", false);
        values.refuseRest("id, addr, deflate-on-oom");
        yield new DeviceConfig.Balloon(id, slot, deflate);
      }
      case "virtio-rng-pci", "virtio-rng" -> {
        values.refuseRest("id, addr");
        yield new DeviceConfig.Rng(id, slot);
      }
      default -> throw new UserError(
          "-device " + driver + ": there is no such device; there are virtio-balloon-pci, virtio-rng-pci");
    };
  }

  /** A PCI address as QEMU writes it: the slot in hexadecimal, perhaps with function 0. */
  private static OptionalInt slot(String addr) {
    String number = addr.endsWith(".0") ? addr.substring(0, addr.length() - 2) : addr;
    try {
      int slot = Integer.parseInt(number.startsWith("0x") ? number.substring(2) : number, 16);
      if (slot >= 1 && slot <= 31) {
        return OptionalInt.of(slot);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new UserError("-device addr=" + addr + ": must be a PCI slot from 1 to 1f, in hexadecimal, function 0");
  }
}
