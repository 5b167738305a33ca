package org.ballastvm.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The benchmarks run, and draw their tables; what they measure is asserted nowhere. */
class BenchTest {
  private static final int PAGES = 8192;

  @TempDir
  Path directory;

  @Tag("kvm")
  @Test
  void everyLoopRunsOnBothSides() throws IOException {
    requireCompiler();

    String table = ExitBenchmark.table(ExitBenchmark.run(List.of(GuestLoop.values()), 1, 500, directory));

    assertEquals(2 + GuestLoop.values().length, table.lines().count(), table);
  }

  @Tag("hugetlb")
  @Test
  void aBalloonOfHugePagesIsInflatedInEachOrder() throws IOException {
    aBalloonIsInflatedInEachOrder(BalloonMemory.HUGETLB);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HUGETLB")
  void aBalloonIsInflatedInEachOrder(BalloonMemory memory) throws IOException {
    requireCompiler();
    assertEquals(PAGES, BalloonBenchmark.affordable(memory, PAGES), "the host has no 48 MiB of " + memory.title());
    BalloonBenchmark benchmark = new BalloonBenchmark(1, directory);
    Map<PageOrder, Long> calls = new EnumMap<>(PageOrder.class);
    for (PageOrder order : PageOrder.values()) {
      calls.put(order, benchmark.run(order, memory, PAGES).calls() / memory.callsPerRange());
    }
    assertEquals(2, calls.get(PageOrder.ASCENDING));
    assertEquals(2, calls.get(PageOrder.DESCENDING));
    assertEquals(2, calls.get(PageOrder.SHUFFLED_NEARBY));
    assertTrue(calls.get(PageOrder.RANDOM) <= PAGES, calls.toString());
  }

  @Tag("kvm")
  @Test
  void aDriverInAGuestInflatesItsBalloonInEachOrder() {
    for (PageOrder order : PageOrder.values()) {
      try (BalloonGuest guest = BalloonGuest.full(BalloonMemory.PRIVATE, PAGES);
          BalloonPayload payload = new BalloonPayload(guest)) {
        assertTrue(payload.inflateNanos(order.pages(PAGES)) > 0);
        guest.requireResident(0);
      }
    }
  }

  @Test
  void aBalloonGrowsThroughMostlyUntouchedMemoryAndShrinksAgain() {
    String table = BalloonGrowth.table(BalloonGrowth.run(1, List.of(1, 4)));

    assertEquals(4, table.lines().count(), table);
  }

  @Test
  void aBalloonIsWatchedAndNot() {
    String table = BalloonTracing.table(BalloonTracing.run(1));

    assertEquals(4, table.lines().count(), table);
  }

  @Test
  void aDiskIsReadAndWrittenByEachEngine() throws IOException {
    for (DiskBenchmark.Load load : DiskBenchmark.LOADS) {
      DiskBenchmark.Load small = new DiskBenchmark.Load(load.title(), load.type(), load.lengthBytes(), load.depth(),
          load.random(), false);
      DiskBenchmark.Rate rate = DiskBenchmark.run(small, 1, 20, 8 << 20, directory);
      assertEquals(1, DiskBenchmark.row(rate).lines().count());
    }
  }

  @Test
  void eachOrderNamesEachPageOnce() {
    for (PageOrder order : PageOrder.values()) {
      int[] pages = order.pages(16_384);
      Arrays.sort(pages);
      Assertions.assertArrayEquals(IntStream.range(0, 16_384).toArray(), pages, order.title());
    }
  }

  @Test
  void anUnknownBenchmarkIsNamed() {
    UserError error = assertThrows(UserError.class, () -> SubCommands.run(new BenchCommand(), List.of("tape")));

    assertEquals(
        "bench tape: there is no such benchmark; there are exits, balloon, start, guests, debian, qmp, machines, engines, run, "
            + "disks, consoles, folders, network, balloon=SIZE[,MEMORY]... and disks=PART[,PART]...",
        error.getMessage());
    assertNotNull(new BenchCommand().summary());
  }

  @Test
  void unknownMemoryIsNamed() {
    UserError error = assertThrows(UserError.class,
        () -> SubCommands.run(new BenchCommand(), List.of("balloon=256M,shared,disk")));

    assertEquals(
        "bench balloon=256M,shared,disk: there is no memory disk; there are private, shared, memfd, shared-file,"
            + " private-file, hugetlb",
        error.getMessage());
  }

  @Test
  void anUnknownPartOfDisksIsNamed() {
    UserError error = assertThrows(UserError.class,
        () -> SubCommands.run(new BenchCommand(), List.of("disks=threads,io_uring/seek")));

    assertTrue(
        error.getMessage().startsWith("bench disks=threads,io_uring/seek: there is no part io_uring/seek; there are"),
        error.getMessage());
    assertEquals(List.of("threads/randread", "io_uring/randread"),
        FioBenchmark.Job.of("randread").stream().map(FioBenchmark.Job::word).toList());
  }

  private static void requireCompiler() { require(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc"); }

  private static void require(boolean there, String otherwise) {
    if (System.getenv("CI") != null) {
      assertTrue(there, "CI: " + otherwise);
    }
    Assumptions.assumeTrue(there, "skipped: " + otherwise);
  }
}
