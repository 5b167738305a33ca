package org.ballastvm.vmm.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Symbols as an ELF file, read as a debugger would. */
class SymbolFileTest {
  private static final long START = 0xffff_ffff_9a00_0000L;
  private static final KernelSymbol FIRST = new KernelSymbol("start", START, 0x100, true, "");
  private static final KernelSymbol LAST = new KernelSymbol("last", START + 0x5000, 0x40, true, "");
  private static final KernelSymbol DATA = new KernelSymbol("jiffies_64", START + 0x20_0000, 8, false, "");
  private static final KernelSymbol PROBE = new KernelSymbol("probe", 0xffff_ffff_c012_3000L, 0x20, true, "balloon");

  /** A section header, as the file has it. */
  private record Section(int type, long address, long offset, long sizeBytes, int link) {}

  private static ByteBuffer file(boolean modulesOnly) {
    return ByteBuffer.wrap(SymbolFile.of(List.of(FIRST, DATA, LAST, PROBE), modulesOnly))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Section section(ByteBuffer file, int index) {
    int at = (int) file.getLong(40) + 64 * index;
    assertTrue(index < file.getShort(60));
    return new Section(file.getInt(at + 4), file.getLong(at + 16), file.getLong(at + 24), file.getLong(at + 32),
        file.getInt(at + 40));
  }

  /** Name, address, size, type and section of a symbol. */
  private static String symbol(ByteBuffer file, int symtab, int index) {
    Section symbols = section(file, symtab);
    int at = (int) symbols.offset + 24 * index;
    StringBuilder name = new StringBuilder();
    for (int i = (int) section(file, symbols.link).offset + file.getInt(at); file.get(i) != 0; i++) {
      name.append((char) file.get(i));
    }
    return "%s %x %x %d %x".formatted(name, file.getLong(at + 8), file.getLong(at + 16), file.get(at + 4) & 15,
        file.getShort(at + 6));
  }

  @Test
  void functionsLieInSectionsAndDataIsAbsolute() {
    ByteBuffer file = file(false);
    assertEquals(0x464c457f, file.getInt(0));
    assertEquals(new Section(8, START, 64, 0x5040, 0), section(file, 1));
    assertEquals(new Section(8, PROBE.address(), 64, 0x20, 0), section(file, 2));
    assertEquals("start ffffffff9a000000 100 2 1", symbol(file, 3, 1));
    assertEquals("jiffies_64 ffffffff9a200000 8 1 fff1", symbol(file, 3, 2));
    assertEquals("last ffffffff9a005000 40 2 1", symbol(file, 3, 3));
    assertEquals("probe ffffffffc0123000 20 2 2", symbol(file, 3, 4));
    assertEquals(5 * 24, section(file, 3).sizeBytes);
  }

  @Test
  void modulesMayBeAlone() {
    ByteBuffer file = file(true);
    assertEquals("probe ffffffffc0123000 20 2 1", symbol(file, 2, 1));
    assertEquals(2 * 24, section(file, 2).sizeBytes);
    assertEquals(5, file.getShort(60));
  }

  @Test
  void aGuestWithoutEndHasABound() {
    assertThrows(Unreadable.class, () -> SymbolFile.of(Collections.nCopies(SymbolFile.MOST + 1, DATA), false));
  }
}
