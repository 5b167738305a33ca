package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that the host has no page for is reported in one sentence, which says why. */
class MissingPageTest {
  private static final long SIZE = 4 << 20;
  private static final BackendConfig.Common SHARED = new BackendConfig.Common(true, false, false, false, true);

  private static final Path POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");

  private final MemoryObjects objects = new MemoryObjects();

  @TempDir
  private Path directory;

  @AfterEach
  void close() { objects.close(); }

  private InternalError touched(BackendConfig config) {
    GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(SIZE)), objects.claim(config.id(), "base memory"));
    return assertThrows(InternalError.class,
        () -> ram.write(2 << 20, MemorySegment.ofArray(new byte[8192]), 0, 8192));
  }

  @Test
  void aFileThatWasCutShort() throws IOException {
    BackendConfig config = new BackendConfig.File("mem0", SIZE, SHARED, directory.resolve("guest"));
    objects.create(config);
    try (FileChannel file = FileChannel.open(directory.resolve("guest"), StandardOpenOption.WRITE)) {
      file.truncate(1 << 20);
    }
    assertEquals("memory backend mem0: its file has 1 MiB now, less than size=4 MiB; somebody has cut it short",
        MissingPage.explained(touched(config), objects).getMessage());
  }

  @Test
  void aPoolWithoutAHugePage() throws IOException {
    BackendConfig config = new BackendConfig.Memfd("mem0", SIZE, SHARED, true, OptionalLong.of(2 << 20));
    try {
      objects.create(config);
    } catch (HostError e) {
      Assumptions.abort("this host knows no huge pages: " + e.getMessage());
    }
    Assumptions.assumeTrue(Files.readString(POOL).strip().equals("0"), "this host has free huge pages");
    assertEquals(
        "memory backend mem0: the host has no free huge page for it (/proc/sys/vm/nr_hugepages); with reserve=on"
            + " or prealloc=on that shows at the start",
        MissingPage.explained(touched(config), objects).getMessage());
  }

  @Test
  void anotherErrorStaysWhatItIs() {
    InternalError bug = new InternalError("a bug");
    assertSame(bug, assertThrows(InternalError.class, () -> MissingPage.explained(bug, objects)));
  }
}
