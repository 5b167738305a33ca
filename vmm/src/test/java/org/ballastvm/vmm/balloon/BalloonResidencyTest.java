package org.ballastvm.vmm.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.memory.BalloonedPages;
import org.ballastvm.vmm.memory.PhysicalRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in the balloon is not in the host's memory: for each kind of memory, by each way in which the host counts. */
class BalloonResidencyTest {
  private static final long SIZE = 64 << 20;
  private static final int PAGE = BalloonedGuest.PAGE;
  /** Half of the guest. */
  private static final int[] GIVEN = IntStream.range(0, (int) (SIZE / 2 / PAGE)).map(i -> (int) (SIZE / PAGE) - 1 - i)
      .toArray();
  /** Also what a test may be off. */
  private static final long TWO_PERCENT = SIZE / 50;

  @TempDir
  private static Path directory;

  static Stream<BackendConfig> everyKind() { return BackendKinds.of4KiB(SIZE, directory).stream(); }

  /**
   * What the host holds for a guest.
   *
   * @param resident pages that are in memory, mincore(2)
   * @param mapped pages that the process has, of smaps
   * @param stored what the file behind it takes, st_blocks
   */
  private record Held(long resident, long mapped, OptionalLong stored) {
    static Held by(BalloonedGuest guest) throws IOException {
      MappingUse use = MappingUse.of(guest.backend.mapping());
      return new Held(guest.backend.residentBytes(),
          use.get("Rss") + use.get("Shared_Hugetlb") + use.get("Private_Hugetlb"), guest.backend.allocatedBytes());
    }

    /** Private copies of a file's pages are not in the file. */
    Held inMemory() {
      return new Held(resident, mapped, OptionalLong.empty());
    }

    void assertIs(String when, long bytes) {
      assertNear(when + ", mincore", bytes, resident);
      assertNear(when + ", smaps", bytes, mapped);
      stored.ifPresent(blocks -> assertNear(when + ", st_blocks", bytes, blocks));
    }

    private static void assertNear(String what, long expected, long actual) {
      assertTrue(Math.abs(expected - actual) <= TWO_PERCENT, what + ": " + actual + " bytes, not " + expected);
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void halfOfAGuestLeavesTheHostsMemoryAndComesBackWhenItIsUsed(BackendConfig kind) throws IOException {
    try (BalloonedGuest guest = inUse(kind)) {
      Held.by(guest).assertIs("before", SIZE);

      guest.inflate(GIVEN);
      Held.by(guest).assertIs("inflated", SIZE / 2);

      guest.deflate(GIVEN);
      Held.by(guest).assertIs("deflated, not used", SIZE / 2);
      guest.fill(0x5a);
      Held.by(guest).inMemory().assertIs("used again", SIZE);
    }
  }

  /** A guest that uses all of its memory. A file's own pages are there, too: a private mapping has them and its copies. */
  private static BalloonedGuest inUse(BackendConfig kind) {
    if (kind instanceof BackendConfig.File named) {
      try (HostFile file = HostFile.open(named.path(), true)) {
        file.truncate(SIZE);
        try (HostMapping all = HostMapping.ofFile(file, 0, SIZE, true, false)) {
          all.chunk(0).fill((byte) 0x33);
        }
      }
    }
    BalloonedGuest guest = new BalloonedGuest(kind);
    guest.fill(0x5a);
    return guest;
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void reportedMemoryLeavesTheHostsMemoryToo(BackendConfig kind) throws IOException {
    try (BalloonedGuest guest = inUse(kind)) {
      Held.by(guest).assertIs("before", SIZE);
      BalloonQueueDriver queue = guest.queue(BalloonedGuest.REPORTING);
      queue.descriptor(0, SIZE / 2, SIZE / 2, BalloonQueueDriver.WRITE, 0);
      queue.offer(0);
      guest.ring(BalloonedGuest.REPORTING);
      queue.requireAllReturned();
      Held.by(guest).assertIs("reported", SIZE / 2);
    }
  }

  @Tag("hugetlb")
  @Test
  void hugePagesLeaveTheHostsMemoryAsAWhole() throws IOException {
    try (BalloonedGuest guest = new BalloonedGuest(BackendKinds.huge(SIZE))) {
      guest.fill(0x5a);
      Held.by(guest).assertIs("before", SIZE);
      int[] allButOnePart = IntStream.of(GIVEN).skip(1).toArray();

      guest.inflate(allButOnePart);
      Held.by(guest).assertIs("all but a part of the last huge page", SIZE / 2 + BackendKinds.HUGE);
      guest.inflate(GIVEN[0]);
      Held.by(guest).assertIs("all of it", SIZE / 2);
      assertEquals(SIZE / 2, guest.backend.allocatedBytes().orElseThrow());

      guest.deflate(GIVEN);
      guest.fill(0x5a);
      Held.by(guest).assertIs("used again", SIZE);
    }
  }

  /** A part of one that is given back splits it; here each goes in one piece, and those of the other half stay. */
  @Test
  void transparentHugePagesAreGivenBackInOnePieceEach() throws IOException {
    Path enabled = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    Assumptions.assumeTrue(Files.exists(enabled) && !Files.readString(enabled).contains("[never]"),
        "this host has no transparent huge pages (" + enabled + ")");
    long size = 8 * SIZE;
    try (BalloonedGuest guest = new BalloonedGuest(BackendKinds.anonymous(size))) {
      guest.fill(0x5a);
      long before = MappingUse.of(guest.backend.mapping()).get("AnonHugePages");
      Assumptions.assumeTrue(before > size * 3 / 4, "this host has few free huge pages: " + before + " of " + size);
      int half = (int) (size / 2 / PAGE);
      long calls = guest.backend.discardCalls();

      guest.inflate(IntStream.range(half, 2 * half).toArray());

      assertEquals(size / 2 / (16 << 20), guest.backend.discardCalls() - calls, "a call for each 16 MiB");
      long after = MappingUse.of(guest.backend.mapping()).get("AnonHugePages");
      List<Long> range = List.of(size / 2 - (size - before) - TWO_PERCENT, size / 2);
      assertTrue(after >= range.getFirst() && after <= range.getLast(), after + " bytes are huge, not " + range);
      Held.by(guest).assertIs("inflated", size / 2);
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void aPageInTheBalloonThatSomebodyWritesToIsFound(BackendConfig kind) {
    try (BalloonedGuest guest = new BalloonedGuest(kind)) {
      guest.fill(7);
      guest.inflate(GIVEN);
      assertEquals(new BalloonedPages(GIVEN.length * (long) PAGE, 0, 0, List.of()), BalloonedPages.of(guest.ram, 10));
      long last = SIZE - PAGE;
      guest.ram.putByte(last - 4 * PAGE, 1);
      guest.ram.putByte(last - PAGE, 1);
      guest.ram.putByte(last, 1);
      BalloonedPages touched = BalloonedPages.of(guest.ram, 10);
      assertEquals(List.of(new PhysicalRange(last - 4 * PAGE, PAGE), new PhysicalRange(last - PAGE, 2 * PAGE)),
          touched.written());
      assertEquals(3 * PAGE, touched.writtenBytes());
      // The host brings what is around a page, too: a huge page, what it reads ahead of a file.
      assertTrue(touched.residentBytes() >= 3 * PAGE && touched.residentBytes() <= 8 << 20, touched::toString);
      assertEquals(1, BalloonedPages.of(guest.ram, 1).written().size());
      guest.deflate(GIVEN);
      assertEquals(new BalloonedPages(0, 0, 0, List.of()), BalloonedPages.of(guest.ram, 10),
          "they are the guest's again");
    }
  }
}
