package org.ballastvm.vmm.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.vmm.config.FirmwareFile;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.FwCfgDevice;
import org.ballastvm.vmm.device.FwCfgItem;

/** Reads what {@code -fw_cfg} gives a guest. */
final class FirmwareFiles {
  private FirmwareFiles() {}

  /**
   * Adds files to a device that has those of the machine's devices.
   *
   * @throws UserError if a name is used twice, there are too many, or a file cannot be read or is too large
   */
  static void add(FwCfgDevice device, List<FirmwareFile> files) {
    for (FirmwareFile file : files) {
      String option = "-fw_cfg name=" + file.name();
      if (device.items().stream().anyMatch(item -> item.name().equals(file.name()))) {
        throw new UserError(option + ": duplicate fw_cfg file name");
      }
      if (device.items().size() == FwCfgDevice.MOST_ITEMS) {
        throw new UserError(option + ": there can be " + FwCfgDevice.MOST_ITEMS + " files at most");
      }
      device.add(FwCfgItem.readOnly(file.name(), bytes(option, file.content())));
    }
  }

  private static byte[] bytes(String option, FirmwareFile.Content content) {
    return switch (content) {
      case FirmwareFile.Content.Text(String text) -> text.getBytes(StandardCharsets.UTF_8);
      case FirmwareFile.Content.OfFile(Path path) -> read(option + ",file=" + path, path);
    };
  }

  private static byte[] read(String option, Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(FwCfgDevice.MOST_BYTES + 1);
      if (bytes.length > FwCfgDevice.MOST_BYTES) {
        throw new UserError(option + ": the file has more than " + (FwCfgDevice.MOST_BYTES >> 20) + " MiB");
      }
      return bytes;
    } catch (IOException e) {
      throw new UserError(option + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
