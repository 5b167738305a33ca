package org.ballastvm.vmm.control;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code object-add} */
public final class ObjectAdd implements QmpCommand<ObjectAdd.ObjectOptionsGiven, QmpCommand.Done> {
  /** An object to create. */
  public record ObjectOptionsGiven(@Member("what it is, such as memory-backend-ram") String qomType,
      @Member("its id, not taken yet") String id,
      @Member(value = "its properties", rest = true) Map<String, Object> properties) {}

  @Override
  public String name() { return "object-add"; }

  @Override
  public String help() { return "Creates an object."; }

  @Override
  public Done run(Machine vm, ObjectOptionsGiven given) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("qom-type", given.qomType());
    all.put("id", given.id());
    all.putAll(given.properties());
    add(vm, KeyValues.of("", all, "qom-type"));
    return Done.DONE;
  }

  /**
   * Creates an object.
   *
   * @param vm the machine
   * @param values its type, id and properties
   */
  public static void add(Machine vm, KeyValues values) { vm.objects().create(ObjectModels.parse(values)); }
}
