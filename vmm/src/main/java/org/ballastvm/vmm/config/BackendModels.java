package org.ballastvm.vmm.config;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** {@code memory-backend-ram}, {@code -memfd} and {@code -file}. */
final class BackendModels {
  private static final ModelProperty<Long> SIZE = ModelProperty.size("size", "int",
      "Size of the memory region (ex: 500M)");
  private static final ModelProperty<Boolean> SHARE = ModelProperty.flag("share", "Whether others may map the memory");
  private static final ModelProperty<Boolean> PREALLOC = ModelProperty.flag("prealloc", "Preallocate memory");
  private static final ModelProperty<Integer> PREALLOC_THREADS = ModelProperty.number("prealloc-threads", "int",
      "Number of CPU threads to use for prealloc", 1, BackendConfig.Common.MOST_PREALLOC_THREADS);
  private static final ModelProperty<Boolean> RESERVE = ModelProperty.flag("reserve",
      "Whether the host reserves swap for it");
  private static final ModelProperty<Boolean> MERGE = ModelProperty.flag("merge",
      "Whether the host may merge equal pages");
  private static final ModelProperty<Boolean> DUMP = ModelProperty.flag("dump", "Whether it is part of a core dump");
  private static final ModelProperty<String> PATH = ModelProperty.text("mem-path", "string",
      "A file, or a directory for one");
  private static final ModelProperty<Boolean> HUGETLB = ModelProperty.flag("hugetlb", "Use huge pages");
  private static final ModelProperty<Long> HUGETLB_SIZE = ModelProperty.size("hugetlbsize", "int",
      "Huge pages size (ex: 2M, 1G)");
  /** The file has no name, so nobody but this process could change its size. */
  private static final ModelProperty<Boolean> SEAL = ModelProperty.flag("seal", true);

  static final Model<ObjectConfig> FILE = of("memory-backend-file", BackendModels::file, PATH);
  static final Model<ObjectConfig> MEMFD = of("memory-backend-memfd", BackendModels::memfd, HUGETLB, HUGETLB_SIZE)
      .alsoTaking(List.of(SEAL));
  static final Model<ObjectConfig> RAM = of("memory-backend-ram", BackendModels::ram);

  private BackendModels() {}

  /** Makes the configuration of one kind. */
  @FunctionalInterface
  private interface Parser {
    /** The id and the size have been taken. */
    BackendConfig parse(String id, long sizeBytes, KeyValues values);
  }

  private static Model<ObjectConfig> of(String name, Parser parser, ModelProperty<?>... own) {
    return Model.of(name, "memory-backend", values -> {
      String id = values.requireId();
      long size = SIZE.take(values).orElseThrow(() -> values.error("parameter 'size' is missing"));
      if (size <= 0 || size % PageSize.BYTES != 0) {
        throw values.error("id=" + id + ",size=" + size + ": must be a multiple of 4 KiB above zero");
      }
      return parser.parse(id, size, values);
    }, Stream.concat(Stream.of(SIZE, SHARE, PREALLOC, PREALLOC_THREADS, RESERVE, MERGE, DUMP, HostNodes.NODES,
        HostNodes.POLICY), Stream.of(own)).toList());
  }

  private static BackendConfig ram(String id, long sizeBytes, KeyValues values) {
    return new BackendConfig.Ram(id, sizeBytes, common(values, false));
  }

  private static BackendConfig memfd(String id, long sizeBytes, KeyValues values) {
    return new BackendConfig.Memfd(id, sizeBytes, common(values, true), HUGETLB.take(values).orElse(false),
        HUGETLB_SIZE.take(values).map(OptionalLong::of).orElse(OptionalLong.empty()));
  }

  private static BackendConfig file(String id, long sizeBytes, KeyValues values) {
    BackendConfig.Common common = common(values, false);
    String path = PATH.take(values).orElseThrow(() -> values.error("parameter 'mem-path' is missing"));
    return new BackendConfig.File(id, sizeBytes, common, FileName.path(PATH.name(), path));
  }

  private static BackendConfig.Common common(KeyValues values, boolean usuallyShared) {
    return new BackendConfig.Common(SHARE.take(values).orElse(usuallyShared), PREALLOC.take(values).orElse(false),
        RESERVE.take(values).orElse(true), MERGE.take(values).orElse(true), DUMP.take(values).orElse(true),
        HostNodes.take(values), PREALLOC_THREADS.take(values).orElse(1));
  }
}
