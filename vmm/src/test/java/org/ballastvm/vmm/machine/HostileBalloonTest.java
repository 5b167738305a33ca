package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest on a real processor that drives its balloon as no guest should, beside another in the same process: the one is
 * made to reset its device and then inflates as ever, the other counts on and has all of its memory.
 */
@Tag("kvm")
@Timeout(120)
class HostileBalloonTest {
  private static final int PAGE = 4096;
  private static final long SIZE = 16 << 20;
  private static final int RING = 0x60_0000;
  private static final int GIVEN = 0x80_0000;
  private static final int PAGES = 64;
  private static final int COUNTER = 0x50_0000;
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int STATUS = 0x14;
  private static final int NEEDS_RESET = 64;
  private static final int PLUGGABLE = (int) (GuestLayout.HIGH_BASE / PAGE);
  private static final int WITHOUT_DIMM = PLUGGABLE + (512 << 20) / PAGE;

  @TempDir
  private Path directory;
  private Machine neighbour;

  /** Uses half of its memory, and counts. */
  @BeforeEach
  void startTheNeighbour() throws IOException {
    Path own = Files.createDirectory(directory.resolve("neighbour"));
    Program program = new Program().poke(COUNTER, 0).touchPages(GIVEN, (int) (SIZE - GIVEN) / PAGE);
    neighbour = TestMachine.of(own, program.countForever(COUNTER))
        .with(new DeviceConfig.Balloon(Optional.empty(), OptionalInt.of(3), BalloonConfig.DEFAULTS)).start();
    awaitCount(1);
  }

  private static MemorySegment memory(Machine machine) { return TestMachine.base(machine).mapping().chunk(0); }

  private int count() { return memory(neighbour).get(ValueLayout.JAVA_INT, COUNTER); }

  private void awaitCount(int least) { Await.until(() -> count() >= least); }

  @AfterEach
  void theNeighbourHasAllThatItHad() {
    awaitCount(count() + 1000);
    MemoryBackend its = TestMachine.base(neighbour);
    assertEquals(SIZE - GIVEN, its.mapping().residentBytes(GIVEN, SIZE - GIVEN));
    for (long at = GIVEN; at < SIZE; at += PAGE) {
      assertEquals(0x5a5a, memory(neighbour).get(ValueLayout.JAVA_INT, at));
    }
    assertEquals(0, its.discardCalls());
    neighbour.close();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(breaks("a chain that loops", descriptor(RING + 0x3000, 4, NEXT)),
        breaks("a descriptor of 4 GiB", descriptor(RING + 0x3000, -4, 0)),
        breaks("a misaligned length", descriptor(RING + 0x3000, 1023, 0)),
        breaks("a buffer that the device is to write", descriptor(RING + 0x3000, 1024, WRITE)),
        breaks("a list that is no memory", descriptor(0xc000_0000L, 1024, 0)),
        breaks("an index that runs ahead by 40,000",
            new Program().poke(RING + 0x1000, 40_000L << 16).store16(0x3000, 0)));
  }

  private static Arguments breaks(String name, Program mistake) { return argumentSet(name, mistake); }

  private static Program descriptor(long gpa, long lengthBytes, int flags) {
    return new Program().poke(RING, gpa).poke(RING + 4, 0).poke(RING + 8, lengthBytes).poke(RING + 12, flags)
        .poke(RING + 0x1004, 0).poke(RING + 0x1000, 1 << 16).store16(0x3000, 0);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aGuestThatBreaksARuleResetsItsDeviceAndGoesOn(Program mistake) throws Exception {
    Program program = new Program().touchPages(GIVEN, PAGES).startVirtio(3, RING).then(mistake)
        .awaitRegister(STATUS, NEEDS_RESET).print("R");
    goodInflate(program);
    assertEndsWell(program, "RG");
  }

  /** What is no memory stands between pages that are; some are named twice. */
  @ParameterizedTest
  @ValueSource(ints = {(int) (SIZE / PAGE), 0x10_0000 - 1, 0xc_0000, 0xfee00, -1,
      PLUGGABLE, WITHOUT_DIMM, GIVEN / PAGE})
  void aGuestThatNamesWhatIsNotItsMemoryGivesItsOwnAlone(int page) throws Exception {
    Program program = new Program().touchPages(GIVEN, PAGES).startVirtio(3, RING);
    for (int i = 0; i < 4; i++) {
      program.poke(RING + 0x3000 + 4 * i, i % 2 == 0 ? GIVEN / PAGE : page);
    }
    program.offer(RING, 16, false).print("S");
    goodInflate(program);
    assertEndsWell(program, "SG");
  }

  /** What was offered before the reset must not be offered after it. */
  private static void goodInflate(Program program) {
    program.store8(STATUS, 0).poke(RING + 0x1000, 0).startVirtio(3, RING);
    for (int i = 0; i < PAGES; i++) {
      program.poke(RING + 0x3000 + 4 * i, GIVEN / PAGE + i);
    }
    program.offer(RING, 4 * PAGES, false).print("G").powerOff();
  }

  private void assertEndsWell(Program program, String printed) throws Exception {
    TestMachine guest = TestMachine.of(directory, program).with(new MemoryConfig(SIZE, 1, 2L << 30, Optional.empty()))
        .holding(new BackendConfig.Ram("mem0", 64 << 20, new BackendConfig.Common(false, false, false, false, true)))
        .with(new DeviceConfig.Balloon(Optional.empty(), OptionalInt.of(3), BalloonConfig.DEFAULTS),
            new DeviceConfig.Mem(Optional.of("vm0"), OptionalInt.of(4), "mem0", 0, 0, OptionalLong.empty(),
                OptionalLong.of(GuestLayout.HIGH_BASE), false, MemConfig.Inaccessible.AUTO, 60));
    try (Machine machine = guest.start()) {
      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));
      MemoryBackend its = TestMachine.base(machine);
      assertEquals(0, its.mapping().residentBytes(GIVEN, PAGES * PAGE));
      assertTrue(its.mapping().residentBytes(RING, 4 * PAGE) > 0);
    }
    assertEquals(printed, guest.printed());
  }
}
