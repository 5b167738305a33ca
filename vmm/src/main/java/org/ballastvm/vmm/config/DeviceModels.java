package org.ballastvm.vmm.config;

import java.util.List;
import java.util.stream.Collectors;

/** All kinds of devices, and what {@code -device} and {@code device_add} make of their names. */
public final class DeviceModels {
  /** All kinds, by name. */
  public static final List<Model<DeviceConfig>> ALL = List.of(WatchdogModel.MODEL, DebugExitModel.MODEL,
      JavaModel.MODEL, DimmModel.MODEL, PanicModel.MODEL, PciPanicModel.MODEL,
      UserBlkModel.MODEL, UserFsModel.MODEL, VsockModel.OF_KERNEL,
      SerialPortModel.CONSOLE, FolderModel.MODEL, BalloonModel.MODEL, BlkModel.MODEL, VirtioMemModel.MODEL,
      NetModel.MODEL, ReplayModel.MODEL, RngModel.MODEL, SerialCardModel.MODEL, VsockModel.OF_PATH,
      SerialPortModel.CHANNEL,
      CoreInfoModel.MODEL, GenerationIdModel.MODEL);

  /** What {@code -device help} prints, as QEMU does. */
  public static final String LIST = ALL.stream()
      .map(model -> "name \"" + model.name() + "\"" + model.bus().map(bus -> ", bus " + bus).orElse("")
          + model.alias().map(alias -> ", alias \"" + alias + "\"").orElse("")
          + model.description().map(text -> ", desc \"" + text + "\"").orElse(""))
      .collect(Collectors.joining("\n"));

  private DeviceModels() {}

  /**
   * Parses.
   *
   * @param values the driver and its properties
   * @return the device
   * @throws UserError if there is no such driver or property, or a value is none that it takes
   */
  public static DeviceConfig parse(KeyValues values) {
    String driver = values.require("driver");
    return Model.find(ALL, driver).orElseThrow(() -> values
        .error("'" + driver + "' is not a valid device model name; there are " + Model.names(ALL))).parse(values);
  }
}
