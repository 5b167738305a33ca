package org.ballastvm.vmm.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.console.ConsolePort;

/** {@code virtconsole} and {@code virtserialport}: ports of a virtio-serial card. */
final class SerialPortModel {
  private static final String PARENT = "virtio-serial-port";
  private static final String BUS_TYPE = "virtio-serial-bus";

  private static final ModelProperty<String> CHARDEV = ModelProperty.text("chardev", "str",
      "ID of a chardev to use as a backend");
  private static final ModelProperty<String> NAME = ModelProperty.of("name", "str", "What the guest finds it by",
      SerialPortModel::name);
  private static final ModelProperty<Integer> NUMBER = ModelProperty.number("nr", "int32",
      "Its number on the card; -1 for the first free one", -1, ConsoleDevice.MOST_PORTS - 1).orElse(-1L);
  private static final ModelProperty<String> BUS = ModelProperty.text("bus", "string",
      "The bus of a card, such as vs0.0; the first with room if not given");

  static final Model<DeviceConfig> CONSOLE = of("virtconsole", true);
  static final Model<DeviceConfig> CHANNEL = of("virtserialport", false);

  private SerialPortModel() {}

  private static Model<DeviceConfig> of(String name, boolean console) {
    return new Model<>(name, Optional.empty(), PARENT, Optional.of(BUS_TYPE), Optional.empty(),
        List.of(BUS, CHARDEV, NAME, NUMBER), List.of(), values -> parse(console, values));
  }

  private static DeviceConfig parse(boolean console, KeyValues values) {
    return new DeviceConfig.SerialPort(values.takeId(), console, BUS.take(values), CHARDEV.take(values),
        NAME.take(values),
        NUMBER.take(values).filter(given -> given >= 0).map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  private static Optional<String> name(KeyValues values, String key) {
    return values.take(key).map(name -> {
      int bytes = name.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > ConsolePort.MOST_NAME_BYTES || name.indexOf('\0') >= 0) {
        throw values.error(key + "=" + name + ": must be of 1 to " + ConsolePort.MOST_NAME_BYTES + " bytes, and has "
            + bytes);
      }
      return name;
    });
  }
}
