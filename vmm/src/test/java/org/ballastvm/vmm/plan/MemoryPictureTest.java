package org.ballastvm.vmm.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.vmm.memory.MemoryRun;
import org.ballastvm.vmm.plan.MemoryPicture.Strip;
import org.junit.jupiter.api.Test;

/** What a drawing of memory looks like. */
class MemoryPictureTest {
  private static final long MIB = 1L << 20;

  private static MemoryRun run(long at, long present, long held, long resident) {
    return new MemoryRun(at * MIB, 4 * MIB, present * MIB, held * MIB, resident * MIB);
  }

  @Test
  void aCharacterIsWhatMostOfItsRunIs() {
    assertEquals('B', MemoryPicture.character(true, run(0, 4, 0, 2)));
    assertEquals('b', MemoryPicture.character(true, run(0, 4, 0, 1)));
    assertEquals('o', MemoryPicture.character(true, run(0, 4, 2, 2)));
    assertEquals('P', MemoryPicture.character(false, run(0, 2, 0, 2)));
    assertEquals('p', MemoryPicture.character(false, run(0, 4, 1, 0)));
    assertEquals('.', MemoryPicture.character(false, run(0, 1, 0, 1)));
    assertEquals('.', MemoryPicture.character(false, run(0, 0, 0, 0)));
  }

  @Test
  void nodesStandOneBelowTheOtherWithLinesOf64() {
    List<MemoryRun> base = IntStream.range(0, 70).mapToObj(i -> run(4L * i, 4, 0, i < 3 ? 4 : 0)).toList();
    List<MemoryRun> blocks = List.of(run(4096, 4, 0, 4), run(4100, 0, 0, 0));
    assertEquals("one character is 4 MiB: " + MemoryPicture.LEGEND + "\n"
        + "node 0: 280 MiB base, 0 MiB plugged, 0 MiB unplugged, 0 MiB ballooned, 12 MiB resident\n"
        + "  000000000000 base     BBB" + "b".repeat(61) + "\n"
        + "  000010000000          bbbbbb\n"
        + "node 1: 0 MiB base, 4 MiB plugged, 4 MiB unplugged, 0 MiB ballooned, 4 MiB resident\n"
        + "  000100000000 vm1      P.\n",
        MemoryPicture.of(4 * MIB, List.of(new Strip("base", 0, true, base), new Strip("vm1", 1, false, blocks))));
  }

  @Test
  void thereAreAtMostAThousandRuns() {
    for (long bytes = 1; bytes > 0; bytes <<= 1) {
      assertTrue(bytes / MemoryPicture.runBytes(bytes) <= 1024);
    }
    assertEquals(MIB, MemoryPicture.runBytes(64 * MIB));
    assertEquals(1L << 30, MemoryPicture.runBytes(1L << 40));
  }
}
