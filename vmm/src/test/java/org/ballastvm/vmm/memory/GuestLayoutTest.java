package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

class GuestLayoutTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = GuestLayout.GIB;

  /** Rows of docs/machine.md with both addresses. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `0x([0-9a-f]{8})` \\| `0x([0-9a-f]{8})` \\| (.*) \\|$");

  @Test
  void whatIsMemoryIsWhatTheDocumentHasAsMemory() throws IOException {
    GuestLayout layout = GuestLayout.of(MemoryConfig.of(8 * GIB));
    Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs", "machine.md")));
    int rows = 0;
    for (; row.find(); rows++) {
      long from = Long.parseLong(row.group(1), 16);
      long last = Long.parseLong(row.group(2), 16);
      String what = row.group(3);
      assertEquals(what.contains("RAM"), isIn(layout.memory(), from) && isIn(layout.memory(), last), what);
      assertEquals(what.contains("RAM") && !what.contains("leaves out"), isIn(layout.map(), from), what);
      if (what.startsWith("PCI memory below")) {
        assertEquals(List.of(layout.lowPciBase(), GuestLayout.LOW_PCI_END), List.of(from, last + 1));
      }
    }
    assertEquals(7, rows);
  }

  private static boolean isIn(List<GuestLayout.Range> ranges, long gpa) {
    return ranges.stream().anyMatch(range -> gpa >= range.base() && gpa < range.base() + range.sizeBytes());
  }

  @Test
  void memoryThatFitsBelowTheHoleIsOneRange() {
    GuestLayout layout = GuestLayout.of(MemoryConfig.of(GIB));

    assertEquals(List.of(new GuestLayout.Range(0, GIB, GuestLayout.Kind.USABLE)), layout.memory());
  }

  @Test
  void memoryThatDoesNotGoesOnBehindTheHole() {
    GuestLayout layout = GuestLayout.of(MemoryConfig.of(3 * GIB + 4096));

    assertEquals(List.of(new GuestLayout.Range(0, 3 * GIB, GuestLayout.Kind.USABLE),
        new GuestLayout.Range(4 * GIB, 4096, GuestLayout.Kind.USABLE)), layout.memory());
  }

  @Test
  void pluggableMemoryBeginsWhereQemuPutsIt() {
    assertEquals(0x1_0000_0000L, GuestLayout.of(new MemoryConfig(GIB, 4, 8 * GIB, Optional.empty())).deviceBase());
    assertEquals(0x1_4000_0000L, GuestLayout.of(new MemoryConfig(4 * GIB, 4, 8 * GIB, Optional.empty())).deviceBase());
  }

  @Test
  void pluggableMemoryHasRoomToAlignEveryDimm() {
    GuestLayout layout = GuestLayout.of(new MemoryConfig(GIB, 4, 8 * GIB, Optional.empty()));

    assertEquals(7 * GIB + 4 * GIB, layout.deviceBytes());
    assertTrue(layout.highPciBase() >= layout.deviceBase() + layout.deviceBytes());
  }

  @Test
  void linuxAddsMemoryInBlocksOfASizeThatItsEndGives() {
    for (long[] sizeAndBlock : new long[][]{{GIB, 128 * MIB}, {62 * GIB, 128 * MIB}, {63 * GIB, 2 * GIB},
        {64 * GIB, GIB}, {65 * GIB, 2 * GIB}, {64 * GIB + 512 * MIB, 512 * MIB}, {64 * GIB + MIB, 128 * MIB}}) {
      assertEquals(sizeAndBlock[1], GuestLayout.of(MemoryConfig.of(sizeAndBlock[0])).memoryBlockBytes(),
          "of " + sizeAndBlock[0]);
    }
  }

  @Test
  void aMachineThatCannotGrowHasNoPluggableMemory() {
    assertEquals(0, GuestLayout.of(MemoryConfig.of(GIB)).deviceBytes());
  }

  @Test
  void theMapOffersAllMemoryButTheHolesOfThePc() {
    GuestLayout layout = GuestLayout.of(MemoryConfig.of(4 * GIB));

    assertEquals(List.of(new GuestLayout.Range(0, 0x9fc00, GuestLayout.Kind.USABLE),
        new GuestLayout.Range(0xe0000, 0x20000, GuestLayout.Kind.RESERVED),
        new GuestLayout.Range(MIB, 3 * GIB - MIB, GuestLayout.Kind.USABLE),
        new GuestLayout.Range(4 * GIB, GIB, GuestLayout.Kind.USABLE)), layout.map());
  }

  @Test
  void whateverTheSizeRangesAreInOrderApartAndWithinMemory() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      long size = GuestLayout.LEAST_BYTES + random.nextLong(64 * GIB) / 4096 * 4096;
      GuestLayout layout = GuestLayout.of(new MemoryConfig(size, 3, size + 5 * GIB, Optional.empty()));
      long end = 0;
      for (GuestLayout.Range range : layout.map()) {
        assertTrue(range.base() >= end && range.sizeBytes() > 0, "seed " + seed + ": " + layout);
        end = range.base() + range.sizeBytes();
      }
      assertEquals(size, layout.lowBytes() + layout.highBytes(), "seed " + seed);
      assertTrue(layout.deviceBase() >= end && layout.deviceBase() % GIB == 0, "seed " + seed + ": " + layout);
    }
  }

  @Test
  void lessThanAMachineNeedsIsRefused() {
    UserError e = assertThrows(UserError.class, () -> GuestLayout.of(MemoryConfig.of(4096)));

    assertEquals("-m size=4 KiB: this machine needs at least 2 MiB", e.getMessage());
  }
}
