package org.ballastvm.vmm.devices;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.UserError.Kind;

/**
 * The folders that devices can give to the guest, by id. They are opened when a device does.
 *
 * @param all by id
 * @param crashed hears of a bug of ours on a thread that serves one
 */
public record Folders(Map<String, FolderConfig> all, Consumer<Throwable> crashed) {
  /**
   * The folders of a machine.
   *
   * @param folders in any order; their ids differ
   * @param crashed hears of a bug of ours on a thread that serves one
   * @return them by id
   */
  public static Folders of(List<FolderConfig> folders, Consumer<Throwable> crashed) {
    Map<String, FolderConfig> all = new HashMap<>();
    folders.forEach(folder -> all.put(folder.id(), folder));
    return new Folders(Map.copyOf(all), crashed);
  }

  /** {@return the folder of an id} Throws UserError if there is none. */
  FolderConfig require(String id) {
    FolderConfig folder = all.get(id);
    if (folder == null) {
      throw new UserError(Kind.DEVICE_NOT_FOUND,
          "fsdev=" + id + ": there is no such folder; it must be the id of a -fsdev");
    }
    return folder;
  }
}
