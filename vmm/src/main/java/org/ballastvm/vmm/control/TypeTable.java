package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.Model;
import org.ballastvm.vmm.config.ModelProperty;
import org.ballastvm.vmm.config.ObjectModels;

/** The types of objects, by QEMU's names as far as there are such objects. */
final class TypeTable {
  /** What all objects are. */
  private static final String ROOT = "object";

  /**
   * A type.
   *
   * @param name its name
   * @param parent what it is a kind of; empty for what all are
   * @param isAbstract whether there are only kinds of it
   * @param model what users may give it, if they can make one
   */
  record ObjectType(String name, Optional<String> parent, boolean isAbstract, Optional<Model<?>> model) {
    List<ModelProperty<?>> properties() { return model.map(Model::properties).orElse(List.of()); }
  }

  private static final Map<String, ObjectType> TYPES = new LinkedHashMap<>();

  static {
    put(new ObjectType(ROOT, Optional.empty(), true, Optional.empty()));
    for (String[] pair : new String[][]{{"container", ROOT}, {"device", ROOT}, {"machine", ROOT},
        {"memory-backend", ROOT}, {"pci-device", "device"}, {"virtio-pci", "pci-device"}, {"virtio-device", "device"},
        {"virtio-serial-port", "device"},
        {"cpu", "device"}, {"x86_64-cpu", "cpu"}, {MachineTree.CPU_TYPE, "x86_64-cpu"},
        {"ballast-machine", "machine"}}) {
      boolean made = pair[0].equals("container") || pair[0].equals(MachineTree.CPU_TYPE)
          || pair[0].equals("ballast-machine");
      put(new ObjectType(pair[0], Optional.of(pair[1]), !made, Optional.empty()));
    }
    List<Model<?>> models = new ArrayList<>(DeviceModels.ALL);
    models.addAll(ObjectModels.ALL);
    for (Model<?> model : models) {
      put(new ObjectType(model.name(), Optional.of(model.parent()), false, Optional.of(model)));
      model.alias().ifPresent(
          kind -> put(new ObjectType(kind + "-device", Optional.of("virtio-device"), false, Optional.empty())));
    }
  }

  private TypeTable() {}

  private static void put(ObjectType type) { TYPES.put(type.name(), type); }

  static List<ObjectType> all() { return List.copyOf(TYPES.values()); }

  static Optional<ObjectType> find(String name) { return Optional.ofNullable(TYPES.get(name)); }

  /** Whether a type is another one, or a kind of it. */
  static boolean isA(ObjectType type, String ancestor) {
    return type.name().equals(ancestor)
        || type.parent().flatMap(TypeTable::find).map(parent -> isA(parent, ancestor)).orElse(false);
  }
}
