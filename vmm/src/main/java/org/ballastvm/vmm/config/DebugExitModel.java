package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;

/** {@code isa-debug-exit}. */
final class DebugExitModel {
  private static final int MOST_PORTS = 8;
  private static final int PORT_SPACE = 0x1_0000;

  private static final ModelProperty<Integer> PORT = ModelProperty
      .number("iobase", "uint32", "Its first I/O port", 0, PORT_SPACE - 1).usually(0x501);
  private static final ModelProperty<Integer> COUNT = ModelProperty
      .number("iosize", "uint32", "How many I/O ports it takes", 1, MOST_PORTS).usually(2);

  static final Model<DeviceConfig> MODEL = IsaModel.of("isa-debug-exit", DebugExitModel::parse, List.of(PORT, COUNT));

  private DebugExitModel() {}

  private static DeviceConfig parse(KeyValues values) {
    Optional<String> id = values.takeId();
    int count = COUNT.takeOrUsual(values);
    int port = PORT.takeOrUsual(values);
    if (port > PORT_SPACE - count) {
      throw values.error("iobase=" + port + ",iosize=" + count + ": must end at port " + (PORT_SPACE - 1));
    }
    return new DeviceConfig.DebugExit(id, port, count);
  }
}
