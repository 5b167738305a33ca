package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines on memory that the host has no pages for. */
@Tag("kvm")
@Timeout(120)
class MissingMemoryTest {
  private static final Path POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
  private static final BackendConfig.Common SHARED = new BackendConfig.Common(true, false, false, false, true);

  @TempDir
  private Path directory;

  private final String pages = pages();

  private static String pages() {
    try {
      return Files.readString(POOL.resolve("nr_hugepages"));
    } catch (IOException e) {
      return ""; // A kernel without huge pages has none that is free.
    }
  }

  private void emptyPool() throws IOException {
    if (!pages.isBlank() && !pages.strip().equals("0")) {
      Path count = POOL.resolve("nr_hugepages");
      Assumptions.assumeTrue(Files.isWritable(count), "this host has huge pages, and they are not this user's to take");
      Files.writeString(count, "0");
    }
  }

  @AfterEach
  void fillPool() throws IOException {
    if (!pages().equals(pages)) {
      Files.writeString(POOL.resolve("nr_hugepages"), pages);
    }
  }

  @Test
  void aMachineWithoutHugePagesIsRefusedInASentenceAndLeavesNothingBehind() throws Exception {
    emptyPool();
    Path socket = directory.resolve("socket");
    TestMachine guest = TestMachine.of(directory, new Program().powerOff())
        .on(new BackendConfig.Memfd("ram", 16 << 20, SHARED, true, OptionalLong.of(2 << 20)))
        .with(new ChardevConfig.Unix("serial", false, socket, true, false))
        .with(new DeviceConfig.Balloon(Optional.empty(), OptionalInt.empty(), BalloonConfig.DEFAULTS,
            AutoBalloonConfig.DEFAULTS, true, Optional.of("io0")));

    UserError e = assertThrows(UserError.class, guest::start);

    assertTrue(e.getMessage().startsWith("memory backend ram: the host has no free huge page"), e.getMessage());
    assertFalse(Files.exists(socket));
    assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().contains("io0")));
  }

  @Test
  void aMachineWhoseFileWasCutShortEndsWhenItsKernelIsLoadedAgain() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().halt())
        .on(new BackendConfig.File("ram", 16 << 20, SHARED, directory.resolve("memory")));
    try (Machine machine = guest.start();
        FileChannel file = FileChannel.open(directory.resolve("memory"), StandardOpenOption.WRITE)) {
      file.truncate(0);
      machine.onLoop(machine::reset);
      assertEquals(EndReason.CRASHED, TestMachine.await(machine));
    }
  }
}
