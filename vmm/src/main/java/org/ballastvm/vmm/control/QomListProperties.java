package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code qom-list-properties} */
final class QomListProperties implements QmpCommand<QomListProperties.Type, List<ObjectPropertyInfo>> {
  /** A type. */
  record Type(@Member("its name, as qom-list-types lists it") String typename) {}

  @Override
  public String name() { return "qom-list-properties"; }

  @Override
  public String help() { return "Lists what users may give an object of a type."; }

  @Override
  public List<ObjectPropertyInfo> run(Machine vm, Type which) {
    return TypeTable.find(which.typename())
        .orElseThrow(() -> new UserError(UserError.Kind.DEVICE_NOT_FOUND, "Class '" + which.typename() + "' not found"))
        .properties().stream().map(ObjectPropertyInfo::of).toList();
  }
}
