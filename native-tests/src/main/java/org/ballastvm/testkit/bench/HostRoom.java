package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory the host has to spare, so that a benchmark does not take what others on it need. */
record HostRoom(long availableBytes, long hugePageBytes) {
  /** A benchmark takes no more than this, whatever there is. */
  private static final long MOST = 10L << 30;
  /** And leaves this to others. */
  private static final long LEFT_ALONE = 4L << 30;
  private static final int FIELD_BYTES = 1024;

  /** Asks the host. */
  static HostRoom ask() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
    long hugePages = field(lines, "HugePages_Free") - field(lines, "HugePages_Rsvd");
    return new HostRoom(field(lines, "MemAvailable") * FIELD_BYTES,
        hugePages * field(lines, "Hugepagesize") * FIELD_BYTES);
  }

  private static long field(List<String> lines, String name) {
    return lines.stream().filter(line -> line.startsWith(name + ":")).map(line -> line.split("\\s+")[1])
        .mapToLong(Long::parseLong).findFirst().orElse(0);
  }

  /** {@return how much of such memory there may be, in bytes; 0 for none} */
  long roomFor(BalloonMemory memory) {
    return memory == BalloonMemory.HUGETLB
        ? hugePageBytes
        : Math.max(0, Math.min(MOST, availableBytes - LEFT_ALONE)) / memory.timesInMemory();
  }
}
