package org.ballastvm.vmm.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;

/** {@code -object}. */
final class ObjectOptions {
  static final String LIST = "List of user creatable objects:\n  memory-backend-file\n  memory-backend-memfd\n  memory-backend-ram";
  private static final String COMMON = "id, size, share, prealloc, reserve, merge, dump";

  private static final List<String> TYPES = List.of("memory-backend-ram", "memory-backend-memfd",
      "memory-backend-file");

  private ObjectOptions() {}

  static BackendConfig parse(String text) {
    KeyValues values = KeyValues.parse("-object", text, "qom-type");
    String type = values.require("qom-type");
    if (!TYPES.contains(type)) {
      throw unknown(type);
    }
    String id = values.require("id");
    long size = values.takeSize("size", 1).orElseThrow(() -> values.error("parameter 'size' is missing"));
    if (size <= 0 || size % 4096 != 0) {
      throw new UserError(
          "-object " + type + ",id=" + id + ",size=" + size + ": must be a multiple of 4 KiB above zero");
    }
    BackendConfig.Common common = new BackendConfig.Common(values.takeBoolean("share", type.endsWith("memfd")),
        values.takeBoolean("prealloc", false), values.takeBoolean("reserve", true), values.takeBoolean("merge", true),
        values.takeBoolean("dump", true));
    BackendConfig config = switch (type) {
      case "memory-backend-ram" -> new BackendConfig.Ram(id, size, common);
      case "memory-backend-memfd" -> {
        boolean huge = values.takeBoolean("hugetlb", false);
        OptionalLong pages = values.takeSize("hugetlbsize", 1).map(OptionalLong::of).orElse(OptionalLong.empty());
        yield new BackendConfig.Memfd(id, size, common, huge, pages);
      }
      case "memory-backend-file" -> new BackendConfig.File(id, size, common, Path.of(values.require("mem-path")));
      default -> throw unknown(type);
    };
    values.refuseRest(switch (config) {
      case BackendConfig.Ram ram -> COMMON;
      case BackendConfig.Memfd memfd -> COMMON + ", hugetlb, hugetlbsize";
      case BackendConfig.File file -> COMMON + ", mem-path";
    });
    return config;
  }

  private static UserError unknown(String type) {
    return new UserError(
        "-object " + type + ": there is no such object type; there are " + String.join(", ", TYPES));
  }
}
