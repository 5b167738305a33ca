package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code -fsdev} and {@code -virtfs}: QEMU's two ways to say which folders a guest gets. */
public final class FolderOptions {
  private static final String DRIVER = "fsdriver";
  private static final String ALLOWED = "path, security_model, readonly, multidevs, id";
  /** What QEMU's own server of folders has and this one has not. */
  private static final List<String> LACKING = List.of("writeout", "fmode", "dmode", "socket", "sock_fd");

  private FolderOptions() {}

  /**
   * A folder, and the device that gives it to the guest.
   *
   * @param folder which
   * @param device by which the guest mounts it
   */
  public record Shared(FolderConfig folder, DeviceConfig device) {}

  /**
   * {@code -fsdev local,id=,path=,security_model=}.
   *
   * @param text what stands behind it
   * @return the folder
   * @throws UserError for what is no folder, or none that Ballast has
   */
  public static FolderConfig folder(String text) {
    KeyValues values = KeyValues.parse("-fsdev", text, DRIVER);
    requireLocal(values);
    return folder(values, values.requireId());
  }

  /**
   * {@code -virtfs local,path=,mount_tag=,security_model=}: {@code -fsdev} and {@code -device virtio-9p-pci} in one.
   *
   * @param text what stands behind it
   * @return both; without an id, the folder has its mount tag for one
   * @throws UserError for what is no folder, or none that Ballast has
   */
  public static Shared shared(String text) {
    KeyValues values = KeyValues.parse("-virtfs", text, DRIVER);
    requireLocal(values);
    String tag = values.require("mount_tag");
    FolderConfig folder = folder(values, values.takeId().orElse(tag));
    DeviceConfig.Folder device = (DeviceConfig.Folder) DeviceModels.parse(KeyValues.parse("-virtfs",
        "virtio-9p-pci,fsdev=" + folder.id().replace(",", ",,") + ",mount_tag=" + tag.replace(",", ",,"), "driver"));
    return new Shared(folder, new DeviceConfig.Folder(Optional.empty(), OptionalInt.empty(), device.fsdev(),
        device.mountTag()));
  }

  private static void requireLocal(KeyValues values) {
    String driver = values.require(DRIVER);
    if (!driver.equals("local")) {
      throw values.error(driver + " is no kind of folder that Ballast has; it must be local");
    }
  }

  private static FolderConfig folder(KeyValues values, String id) {
    for (String key : values.keys()) {
      if (LACKING.contains(key) || key.startsWith("throttling.")) {
        throw values.error(key + ": Ballast has no such property of a folder; allowed are " + ALLOWED);
      }
    }
    String path = values.require("path");
    FolderConfig.Security security = security(values);
    boolean readOnly = values.takeBoolean("readonly", false);
    FolderConfig.Devices devices = values.take("multidevs").map(word -> FolderConfig.Devices.of(word)
        .orElseThrow(() -> values.error("multidevs=" + word + ": must be one of "
            + String.join(", ", FolderConfig.Devices.WORDS))))
        .orElse(FolderConfig.Devices.WARN);
    values.refuseRest(ALLOWED);
    return new FolderConfig(id, path, security, readOnly, devices);
  }

  private static FolderConfig.Security security(KeyValues values) {
    String word = values.require("security_model");
    if (word.equals("passthrough")) {
      throw values.error("security_model=passthrough: must be none or mapped-xattr; none is the same for root, and for "
          + "others leaves out what they may not give a file");
    }
    return FolderConfig.Security.of(word.equals("mapped") ? "mapped-xattr" : word).orElseThrow(
        () -> values.error("security_model=" + word + ": must be none or mapped-xattr"));
  }
}
