package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code qom-list-types} */
final class QomListTypes implements QmpCommand<QomListTypes.Filter, List<QomListTypes.ObjectTypeInfo>> {
  /** Which types. */
  record Filter(@Member(value = "what they are kinds of", name = "implements") Optional<String> ancestor,
      @Member(value = "whether those are listed too that there are only kinds of", name = "abstract") Optional<Boolean> withAbstract) {}

  /** A type. */
  record ObjectTypeInfo(@Member("its name") String name,
      @Member(value = "there, and true, if there are only kinds of it", name = "abstract") Optional<Boolean> isAbstract,
      @Member("what it is a kind of") Optional<String> parent) {}

  @Override
  public String name() { return "qom-list-types"; }

  @Override
  public String help() { return "Lists the types of objects."; }

  @Override
  public List<ObjectTypeInfo> run(Machine vm, Filter filter) {
    return TypeTable.all().stream().filter(type -> !type.isAbstract() || filter.withAbstract().orElse(false))
        .filter(type -> filter.ancestor().map(ancestor -> TypeTable.isA(type, ancestor)).orElse(true))
        .map(type -> new ObjectTypeInfo(type.name(), type.isAbstract() ? Optional.of(true) : Optional.empty(),
            type.parent()))
        .toList();
  }
}
