package org.ballastvm.vmm.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.vmm.config.BackendConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thousand times a guest gives pages at random or takes some back: what it gave reads as zeros, and every other byte of
 * its memory is what it wrote.
 */
class BalloonContentTest {
  private static final long SEED = 20261121;
  private static final int ROUNDS = 1000;
  private static final int PAGE = BalloonedGuest.PAGE;
  private static final long SIZE = 16 << 20;
  private static final int FIRST = (int) (BalloonedGuest.DRIVER_END / PAGE);
  private static final int PAGES = (int) (SIZE / PAGE);
  private static final int MOST = 1000;
  private static final int WORDS = PAGE / Long.BYTES;
  /** How often every byte is looked at; in the other rounds it is the ends of each page. */
  private static final int THOROUGH = 50;

  @TempDir
  private static Path directory;

  static Stream<BackendConfig> everyKind() { return BackendKinds.of4KiB(SIZE, directory).stream(); }

  /** What the guest knows of its memory. */
  private static final class Model {
    final Random random = new Random(SEED);
    final BitSet given = new BitSet();
    final long[] stamps = new long[PAGES];
    final BalloonedGuest guest;
    final MemorySegment memory;
    /** What the host can take: a page, or a huge page. */
    final int whole;
    private final long[] words = new long[WORDS];
    private long nextStamp = 1;

    Model(BalloonedGuest guest, int whole) {
      this.guest = guest;
      this.memory = guest.ram.view(0, SIZE);
      this.whole = whole;
      IntStream.range(FIRST, PAGES).forEach(this::use);
    }

    void use(int page) {
      stamps[page] = nextStamp++ * 0x9e37_79b9_7f4a_7c15L;
      for (int word = 0; word < WORDS; word++) {
        words[word] = stamps[page] + word;
      }
      MemorySegment.copy(words, 0, memory, ValueLayout.JAVA_LONG, (long) page * PAGE, WORDS);
    }

    /** A run of pages or pages here and there, all of them given or none. */
    int[] some(boolean ofGiven) {
      int count = 1 + random.nextInt(1 + random.nextInt(MOST));
      int start = FIRST + random.nextInt(PAGES - FIRST);
      int stride = random.nextBoolean() ? 1 : random.nextBoolean() ? -1 : 1 + random.nextInt(1 << 12);
      return IntStream.range(0, count).map(i -> FIRST + Math.floorMod(start - FIRST + i * stride, PAGES - FIRST))
          .filter(page -> given.get(page) == ofGiven).distinct().toArray();
    }

    void round() {
      boolean inflate = random.nextInt(PAGES) > given.cardinality();
      int[] pages = some(!inflate);
      if (inflate) {
        guest.inflate(pages);
        IntStream.of(pages).forEach(given::set);
      } else {
        guest.deflate(pages);
        IntStream.of(pages).forEach(given::clear);
        IntStream.of(pages).forEach(this::use);
      }
    }

    /** Whether the host has a page: it can only take as a whole what it has as a whole. */
    private boolean isGone(int page) {
      int start = page / whole * whole;
      return given.nextClearBit(start) >= start + whole;
    }

    void check(boolean everyByte, String when) {
      for (int page = FIRST; page < PAGES; page++) {
        if (given.get(page) && !isGone(page)) {
          continue; // A part of a huge page: the host has not taken it yet, and the guest does not look at it.
        }
        if (everyByte) {
          MemorySegment.copy(memory, ValueLayout.JAVA_LONG, (long) page * PAGE, words, 0, WORDS);
          for (int word = 0; word < WORDS; word++) {
            checkWord(page, word, words[word], when);
          }
        } else {
          checkWord(page, 0, memory.get(ValueLayout.JAVA_LONG, (long) page * PAGE), when);
          checkWord(page, WORDS - 1, memory.get(ValueLayout.JAVA_LONG, (page + 1L) * PAGE - Long.BYTES), when);
        }
      }
    }

    private void checkWord(int page, int word, long actual, String when) {
      long expected = given.get(page) ? 0 : stamps[page] + word;
      if (actual != expected) {
        assertEquals(expected, actual, when + ": page " + page + ", word " + word);
      }
    }
  }

  private static void run(BackendConfig kind, int whole) {
    try (BalloonedGuest guest = new BalloonedGuest(kind)) {
      Model model = new Model(guest, whole);
      for (int round = 0; round < ROUNDS; round++) {
        model.round();
        model.check(round % THOROUGH == 0 || round == ROUNDS - 1, "seed " + SEED + ", round " + round);
      }
      assertEquals(0, guest.events.stream().filter(DeviceEvent.HostRefusal.class::isInstance)
          .count());
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void nothingIsLostAndNothingComesBack(BackendConfig kind) { run(kind, 1); }

  @Tag("hugetlb")
  @Test
  void nothingIsLostAndNothingComesBackInHugePages() { run(BackendKinds.huge(SIZE), (int) (BackendKinds.HUGE / PAGE)); }
}
