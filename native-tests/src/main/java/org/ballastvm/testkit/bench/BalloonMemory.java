package org.ballastvm.testkit.bench;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;

/** What a guest's memory can be made of, and how it is named to the C side. */
enum BalloonMemory {
  PRIVATE("anonymous, private", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes) { return new BackendConfig.Ram("ram", sizeBytes, common(false)); }
  },
  SHARED("anonymous, shared", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes) { return new BackendConfig.Ram("ram", sizeBytes, common(true)); }
  },
  MEMFD("memfd", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes) {
      return new BackendConfig.Memfd("ram", sizeBytes, common(true), false, OptionalLong.empty());
    }
  },
  SHARED_FILE("file on tmpfs, shared", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes) { return new BackendConfig.File("ram", sizeBytes, common(true), TMPFS); }
  },
  /** A page that is written to is there twice: in the file, and as this process's copy. */
  PRIVATE_FILE("file on tmpfs, private", 2, 2) {
    @Override
    BackendConfig config(long sizeBytes) { return new BackendConfig.File("ram", sizeBytes, common(false), TMPFS); }
  },
  HUGETLB("hugetlb, 2 MiB", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes) {
      return new BackendConfig.Memfd("ram", sizeBytes, common(true), true, OptionalLong.of(2 << 20));
    }
  };

  static final Path TMPFS = Path.of("/dev/shm");

  private final String title;
  private final int timesInMemory;
  private final int callsPerRange;

  BalloonMemory(String title, int timesInMemory, int callsPerRange) {
    this.title = title;
    this.timesInMemory = timesInMemory;
    this.callsPerRange = callsPerRange;
  }

  abstract BackendConfig config(long sizeBytes);

  String title() { return title; }

  /** {@return how often each page is in the host's memory} */
  int timesInMemory() { return timesInMemory; }

  /** {@return how many system calls give a range back} */
  int callsPerRange() { return callsPerRange; }

  private static BackendConfig.Common common(boolean share) {
    return new BackendConfig.Common(share, false, true, true, true);
  }
}
