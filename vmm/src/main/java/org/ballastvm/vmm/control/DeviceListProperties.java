package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code device-list-properties} */
final class DeviceListProperties implements QmpCommand<DeviceListProperties.Type, List<ObjectPropertyInfo>> {
  /** A kind of device. */
  record Type(@Member("its name, as for device_add") String typename) {}

  @Override
  public String name() { return "device-list-properties"; }

  @Override
  public String help() { return "Lists what device_add takes for a kind of device, besides an id."; }

  @Override
  public List<ObjectPropertyInfo> run(Machine vm, Type which) {
    TypeTable.ObjectType type = TypeTable.find(which.typename())
        .orElseThrow(() -> new UserError(UserError.Kind.DEVICE_NOT_FOUND,
            "Device '" + which.typename() + "' not found"));
    if (type.isAbstract() || !TypeTable.isA(type, "device")) {
      throw new UserError("Parameter 'typename' expects a non-abstract device type");
    }
    return type.properties().stream().map(ObjectPropertyInfo::of).toList();
  }
}
