package org.ballastvm.vmm.config;

import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What {@code -object}, {@code object_add} and {@code object-add} take. */
public final class ObjectOptions {
  /** What {@code -object help} prints. */
  public static final String LIST = DeviceModel.OBJECTS.stream().map(model -> "\n  " + model.name())
      .collect(Collectors.joining("", "List of user creatable objects:", ""));

  private ObjectOptions() {}

  /**
   * Parses.
   *
   * @param values the type, the id and the properties
   * @return the object
   * @throws UserError if there is no such type or property, or a value is none that it takes
   */
  public static ObjectConfig parse(KeyValues values) {
    String type = values.require("qom-type");
    if (type.equals("memory-backend-memfd")) {
      values.takeBoolean("seal", true); // the file has no name, so nobody but this process could change its size
    }
    DeviceModel.find(DeviceModel.OBJECTS, type).orElseThrow(() -> unknown(values)).refuseUnknown(values);
    return type.equals(IoThreadConfig.TYPE) ? IoThreadConfig.take(values) : memory(type, values);
  }

  private static BackendConfig memory(String type, KeyValues values) {
    String id = values.requireId();
    long size = values.takeSize("size", 1).orElseThrow(() -> values.error("parameter 'size' is missing"));
    if (size <= 0 || size % 4096 != 0) {
      throw values.error("id=" + id + ",size=" + size + ": must be a multiple of 4 KiB above zero");
    }
    BackendConfig.Common common = new BackendConfig.Common(values.takeBoolean("share", type.endsWith("memfd")),
        values.takeBoolean("prealloc", false), values.takeBoolean("reserve", true), values.takeBoolean("merge", true),
        values.takeBoolean("dump", true), HostNodes.take(values),
        values.takeInt("prealloc-threads", 1, BackendConfig.Common.MOST_PREALLOC_THREADS).orElse(1));
    BackendConfig config = switch (type) {
      case "memory-backend-ram" -> new BackendConfig.Ram(id, size, common);
      case "memory-backend-memfd" -> {
        boolean huge = values.takeBoolean("hugetlb", false);
        OptionalLong pages = values.takeSize("hugetlbsize", 1).map(OptionalLong::of).orElse(OptionalLong.empty());
        yield new BackendConfig.Memfd(id, size, common, huge, pages);
      }
      case "memory-backend-file" ->
        new BackendConfig.File(id, size, common, FileName.path("mem-path", values.require("mem-path")));
      default -> throw unknown(values);
    };
    values.refuseRest("those that qom-list-properties lists");
    return config;
  }

  private static UserError unknown(KeyValues values) {
    return values.error("there is no such object type; there are "
        + DeviceModel.OBJECTS.stream().map(DeviceModel::name).collect(Collectors.joining(", ")));
  }
}
