package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HostMemoryTest {
  private static final long KIB = 1024;

  @Test
  void theGuestsMemoryIsDistinguishedFromTheJvmsBySizeAndAccess() {
    HostMemory memory = HostMemory.of("""
        7f0000000000-7f0020000000 rw-p 00000000 00:00 0
        Size:             524288 kB
        Rss:              300000 kB
        AnonHugePages:    204800 kB
        7f0030000000-7f0031000000 rw-p 00000000 00:00 0 \s
        Rss:               16384 kB
        AnonHugePages:      2048 kB
        7f0040000000-7f0080000000 ---p 00000000 00:00 0
        Rss:                   0 kB
        7f0090000000-7f00b0000000 rw-s 00000000 00:01 77 /memfd:ballast-mem0 (deleted)
        Rss:              100000 kB
        ShmemPmdMapped:    65536 kB
        """);
    assertEquals(new HostMemory(416384 * KIB, 400000 * KIB, (204800 + 65536) * KIB), memory);
  }
}
