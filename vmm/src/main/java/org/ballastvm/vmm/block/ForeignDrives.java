package org.ballastvm.vmm.block;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.UserError;

/** Drives of formats that another program has to have, by id. Belongs to the event loop once the machine runs. */
public final class ForeignDrives {
  private final Map<String, DriveConfig> all = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Device> devices = new HashMap<>();

  /**
   * A device that has a drive.
   *
   * @param path where it is in the object tree
   * @param sizeBytes how long its disk is, as the program says
   */
  public record Device(String path, LongSupplier sizeBytes) {}

  /** None yet. */
  public ForeignDrives() {}

  /**
   * Takes a drive in.
   *
   * @param drive which
   * @throws UserError if its id is taken
   */
  public void add(DriveConfig drive) {
    if (all.putIfAbsent(drive.id(), drive) != null) {
      throw new UserError("Duplicate ID '" + drive.id() + "' for drive");
    }
  }

  /**
   * Gives a drive to a device, until it is {@linkplain #release released}.
   *
   * @param id the drive's
   * @return the drive; empty if there is none of that id
   * @throws UserError if a device has it
   */
  public Optional<DriveConfig> claim(String id) {
    if (all.containsKey(id) && !used.add(id)) {
      throw new UserError("Drive '" + id + "' is already in use by another device");
    }
    return Optional.ofNullable(all.get(id));
  }

  /**
   * Takes a drive back.
   *
   * @param id the drive's
   */
  public void release(String id) {
    used.remove(id);
    devices.remove(id);
  }

  /**
   * A device has a drive, until it is {@linkplain #release released}.
   *
   * @param id the drive's
   * @param device which
   */
  public void attached(String id, Device device) { devices.put(id, device); }

  /** {@return the drives, in the order in which they came} */
  public List<DriveConfig> all() {
    return List.copyOf(all.values());
  }

  /**
   * Who has a drive.
   *
   * @param id the drive's
   * @return the device, if there is one
   */
  public Optional<Device> device(String id) { return Optional.ofNullable(devices.get(id)); }
}
