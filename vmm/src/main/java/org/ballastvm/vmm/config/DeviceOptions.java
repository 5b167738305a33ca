package org.ballastvm.vmm.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What {@code -device} and {@code device_add} take. */
public final class DeviceOptions {
  /** What {@code -device help} prints. */
  public static final String LIST = DeviceModel.list();

  private static final int MOST_SLOTS = 256;
  private static final int MOST_NODES = 128;
  private static final int MOST_EXIT_PORTS = 8;

  /** The only bus whose devices come and go. */
  private static final String BUS = "pci.0";
  private static final String NAMES = DeviceModel.DEVICES.stream().map(DeviceModel::name)
      .collect(Collectors.joining(", "));

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
    DeviceModel model = DeviceModel.find(DeviceModel.DEVICES, driver)
        .orElseThrow(() -> values.error("'" + driver + "' is not a valid device model name; there are " + NAMES));
    if (model.bus().equals(Optional.of("PCI"))) {
      takeModern(values);
    }
    model.refuseUnknown(values);
    Optional<String> id = values.takeId();
    boolean isIsa = model.bus().equals(Optional.of("ISA"));
    String itsBus = isIsa ? "isa.0" : BUS;
    values.take("bus").filter(bus -> !bus.equals(itsBus)).ifPresent(bus -> {
      throw values.error("Bus '" + bus + "' not found; there is " + itsBus);
    });
    if (isIsa) {
      return model.name().equals("pvpanic") ? new DeviceConfig.Panic(id) : debugExit(id, values);
    }
    DeviceConfig config = model.bus().isPresent() ? onPci(model, id, values) : dimm(id, values);
    values.refuseRest("those of device-list-properties");
    return config;
  }

  private static DeviceConfig debugExit(Optional<String> id, KeyValues values) {
    int count = values.takeInt("iosize", 1, MOST_EXIT_PORTS).orElse(2);
    int port = values.takeInt("iobase", 0, 0x1_0000 - count).orElse(0x501);
    return new DeviceConfig.DebugExit(id, port, count);
  }

  /** Which of virtio's two interfaces a device has; ours have the modern one. */
  private static void takeModern(KeyValues values) {
    if (values.take("disable-legacy").filter(given -> !given.equals("on") && !given.equals("auto")).isPresent()) {
      throw values.error("disable-legacy must be on: there is no legacy interface");
    }
    if (values.takeBoolean("disable-modern", false)) {
      throw values.error("disable-modern must be off: there is no other interface");
    }
  }

  private static DeviceConfig onPci(DeviceModel model, Optional<String> id, KeyValues values) {
    OptionalInt slot = values.take("addr").map(addr -> slot(values, addr)).orElse(OptionalInt.empty());
    return switch (model.name()) {
      case "virtio-balloon-pci" -> new DeviceConfig.Balloon(id, slot, BalloonOptions.take(values),
          BalloonOptions.takeAuto(values), values.takeBoolean("free-page-hint", false), values.take("iothread"));
      case "virtio-mem-pci" -> MemoryDeviceOptions.take(values, id, slot);
      case "virtio-rng-pci" -> new DeviceConfig.Rng(id, slot);
      default -> throw new IllegalStateException("nobody makes a " + model.name());
    };
  }

  private static DeviceConfig dimm(Optional<String> id, KeyValues values) {
    String memdev = values.take("memdev").orElseThrow(() -> values.error("'memdev' property is not set"));
    OptionalInt slot = values.takeInt("slot", -1, MOST_SLOTS - 1).filter(given -> given >= 0).map(OptionalInt::of)
        .orElse(OptionalInt.empty());
    OptionalLong address = MemoryDeviceOptions.address(values, "addr");
    if (address.isPresent() && address.getAsLong() == 0) {
      address = OptionalLong.empty(); // the first that fits
    }
    int node = values.takeInt("node", 0, MOST_NODES - 1).orElse(0);
    return new DeviceConfig.Dimm(id, memdev, slot, address, node, MemoryDeviceOptions.overdueSeconds(values));
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
