package org.ballastvm.testkit.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.vmm.config.BackendConfig;

/** What a guest's memory can be made of, and how it is named to the C side. */
enum BalloonMemory {
  PRIVATE("anonymous, private", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.Ram("ram", sizeBytes, common(false, reserve));
    }
  },
  SHARED("anonymous, shared", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.Ram("ram", sizeBytes, common(true, reserve));
    }
  },
  MEMFD("memfd", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.Memfd("ram", sizeBytes, common(true, reserve), false, OptionalLong.empty());
    }
  },
  SHARED_FILE("file on tmpfs, shared", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.File("ram", sizeBytes, common(true, reserve), TMPFS);
    }
  },
  /** A page that is written to is there twice: in the file, and as this process's copy. */
  PRIVATE_FILE("file on tmpfs, private", 2, 2) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.File("ram", sizeBytes, common(false, reserve), TMPFS);
    }
  },
  HUGETLB("hugetlb, 2 MiB", 1, 1) {
    @Override
    BackendConfig config(long sizeBytes, boolean reserve) {
      return new BackendConfig.Memfd("ram", sizeBytes, common(true, reserve), true, OptionalLong.of(2 << 20));
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

  /** Memory of this kind, which the host accounts for now, or not before it is touched. */
  abstract BackendConfig config(long sizeBytes, boolean reserve);

  String title() { return title; }

  /** {@return what it is called on the command line, such as {@code shared-file}} */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return what is called so, if anything is} */
  static Optional<BalloonMemory> called(String word) {
    return Arrays.stream(values()).filter(memory -> memory.word().equals(word)).findFirst();
  }

  /** {@return how often each page is in the host's memory} */
  int timesInMemory() { return timesInMemory; }

  /** {@return how many system calls give a range back} */
  int callsPerRange() { return callsPerRange; }

  private static BackendConfig.Common common(boolean share, boolean reserve) {
    return new BackendConfig.Common(share, false, reserve, true, true);
  }
}
