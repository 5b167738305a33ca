package org.ballastvm.vmm.balloon;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;

/** The rows of the table that says how memory is given back: docs/memory-backends.md. */
final class BackendKinds {
  static final long HUGE = 2 << 20;
  private static final BackendConfig.Common PRIVATE = new BackendConfig.Common(false, false, false, false, true);
  private static final BackendConfig.Common SHARED = new BackendConfig.Common(true, false, false, false, true);

  private BackendKinds() {}

  static List<BackendConfig> of4KiB(long sizeBytes, Path directory) {
    return List.of(anonymous(sizeBytes), new BackendConfig.Ram("shared", sizeBytes, SHARED),
        new BackendConfig.Memfd("memfd", sizeBytes, SHARED, false, OptionalLong.empty()),
        new BackendConfig.File("shared-file", sizeBytes, SHARED, directory.resolve("memory")),
        new BackendConfig.File("private-file", sizeBytes, PRIVATE, directory.resolve("template")));
  }

  static BackendConfig anonymous(long sizeBytes) { return new BackendConfig.Ram("private", sizeBytes, PRIVATE); }

  /** For tests with the tag hugetlb: the host has the pages. */
  static BackendConfig huge(long sizeBytes) {
    return new BackendConfig.Memfd("huge", sizeBytes, SHARED, true, OptionalLong.of(HUGE));
  }
}
