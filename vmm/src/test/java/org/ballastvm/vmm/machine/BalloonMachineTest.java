package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A guest inflates its balloon, and the host has the pages: the whole way, on each kind of memory. */
@Tag("kvm")
@Timeout(120)
class BalloonMachineTest {
  private static final long SIZE = 16 << 20;
  private static final int PAGE = 4096;
  private static final int GIVEN = 0x80_0000;
  private static final int PAGES = 128;
  private static final int RING = 0x60_0000;
  private static final BackendConfig.Common PRIVATE = new BackendConfig.Common(false, false, true, false, true);
  private static final BackendConfig.Common SHARED = new BackendConfig.Common(true, false, true, false, true);

  @TempDir
  private static Path directory;

  static Stream<BackendConfig> everyKind() {
    return Stream.of(new BackendConfig.Ram("private", SIZE, PRIVATE), new BackendConfig.Ram("shared", SIZE, SHARED),
        new BackendConfig.Memfd("memfd", SIZE, SHARED, false, OptionalLong.empty()),
        new BackendConfig.File("file", SIZE, SHARED, directory.resolve("memory")),
        new BackendConfig.File("private-file", SIZE, PRIVATE, directory.resolve("template")));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void pagesInTheBalloonAreTheHosts(BackendConfig kind) throws Exception {
    TestMachine guest = TestMachine.of(directory, inflate().powerOff()).on(kind)
        .with(new DeviceConfig.Balloon(Optional.empty(), OptionalInt.of(3), BalloonConfig.DEFAULTS));
    try (Machine machine = guest.start()) {
      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));

      MemoryBackend memory = TestMachine.base(machine);
      assertEquals(1, memory.discardCalls(), "the pages were merged into one range");
      assertEquals(0, memory.mapping().residentBytes(GIVEN, PAGES * PAGE));
      assertTrue(memory.mapping().residentBytes(GIVEN - PAGE, PAGE) > 0, "the page before");
      assertTrue(memory.mapping().residentBytes(GIVEN + PAGES * PAGE, PAGE) > 0, "the page behind");
    }
    assertEquals(0x5a5a, Program.intAt(guest.sent(), 0), "the page before keeps its content");
    assertEquals(0x5a5a, Program.intAt(guest.sent(), 4), "the page behind does too");
  }

  /** Touches pages, gives all but the first and the last of them away, last one first, and prints those two. */
  private static Program inflate() {
    Program program = new Program();
    for (int page = -1; page <= PAGES; page++) {
      program.poke(GIVEN + page * PAGE, 0x5a5a);
    }
    for (int i = 0; i < PAGES; i++) {
      program.poke(RING + 0x3000 + 4 * i, GIVEN / PAGE + PAGES - 1 - i);
    }
    program.startVirtio(3, RING).offer(RING, 4 * PAGES, false);
    return program.peek(GIVEN - PAGE).printInt().peek(GIVEN + PAGES * PAGE).printInt();
  }
}
