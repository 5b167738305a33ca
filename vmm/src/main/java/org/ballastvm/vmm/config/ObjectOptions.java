package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What {@code -object}, {@code object_add} and {@code object-add} take. */
public final class ObjectOptions {
  /** What {@code -object help} prints. */
  public static final String LIST = "List of user creatable objects:\n  memory-backend-file\n  memory-backend-memfd\n  memory-backend-ram";
  private static final String COMMON = "id, size, share, prealloc, reserve, merge, dump, host-nodes, policy";

  private static final List<String> TYPES = List.of("memory-backend-ram", "memory-backend-memfd",
      "memory-backend-file");

  private ObjectOptions() {}

  /**
   * Parses.
   *
   * @param values the type, the id and the properties
   * @return the object
   * @throws UserError if there is no such type or property, or a value is none that it takes
   */
  public static BackendConfig parse(KeyValues values) {
    String type = values.require("qom-type");
    if (!TYPES.contains(type)) {
      throw unknown(values);
    }
    String id = values.requireId();
    long size = values.takeSize("size", 1).orElseThrow(() -> values.error("parameter 'size' is missing"));
    if (size <= 0 || size % 4096 != 0) {
      throw values.error("id=" + id + ",size=" + size + ": must be a multiple of 4 KiB above zero");
    }
    BackendConfig.Common common = new BackendConfig.Common(values.takeBoolean("share", type.endsWith("memfd")),
        values.takeBoolean("prealloc", false), values.takeBoolean("reserve", true), values.takeBoolean("merge", true),
        values.takeBoolean("dump", true), HostNodes.take(values));
    BackendConfig config = switch (type) {
      case "memory-backend-ram" -> new BackendConfig.Ram(id, size, common);
      case "memory-backend-memfd" -> {
        boolean huge = values.takeBoolean("hugetlb", false);
        OptionalLong pages = values.takeSize("hugetlbsize", 1).map(OptionalLong::of).orElse(OptionalLong.empty());
        yield new BackendConfig.Memfd(id, size, common, huge, pages);
      }
      case "memory-backend-file" -> new BackendConfig.File(id, size, common, Path.of(values.require("mem-path")));
      default -> throw unknown(values);
    };
    values.refuseRest(switch (config) {
      case BackendConfig.Ram ram -> COMMON;
      case BackendConfig.Memfd memfd -> COMMON + ", hugetlb, hugetlbsize";
      case BackendConfig.File file -> COMMON + ", mem-path";
    });
    return config;
  }

  private static UserError unknown(KeyValues values) {
    return values.error("there is no such object type; there are " + String.join(", ", TYPES));
  }
}
