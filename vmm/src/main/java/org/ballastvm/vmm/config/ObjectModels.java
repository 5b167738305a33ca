package org.ballastvm.vmm.config;

import java.util.List;
import java.util.stream.Collectors;

/** All kinds of objects, and what {@code -object}, {@code object_add} and {@code object-add} make of their names. */
public final class ObjectModels {
  /** All kinds, by name. */
  public static final List<Model<ObjectConfig>> ALL = List.of(IoThreadModel.MODEL, BackendModels.FILE,
      BackendModels.MEMFD, BackendModels.RAM);

  /** What {@code -object help} prints. */
  public static final String LIST = ALL.stream().map(model -> "\n  " + model.name())
      .collect(Collectors.joining("", "List of user creatable objects:", ""));

  private ObjectModels() {}

  /**
   * Parses.
   *
   * @param values the type, the id and the properties
   * @return the object
   * @throws UserError if there is no such type or property, or a value is none that it takes
   */
  public static ObjectConfig parse(KeyValues values) {
    return Model.find(ALL, values.require("qom-type"))
        .orElseThrow(() -> values.error("there is no such object type; there are " + Model.names(ALL))).parse(values);
  }
}
