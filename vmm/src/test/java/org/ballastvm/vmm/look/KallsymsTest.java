package org.ballastvm.vmm.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.ballastvm.vmm.look.MadeUpSymbols.Age;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Symbols are found in memory alone, in each order that kernels have written them. */
class KallsymsTest {
  private static final int SYMBOLS = 3000;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final MadeUpMemory memory = new MadeUpMemory(1 << 20);
  private final MadeUpSymbols made = new MadeUpSymbols(memory, random, SYMBOLS);

  @ParameterizedTest
  @EnumSource(Age.class)
  void eachAddressHasItsName(Age age) {
    made.write(age);
    Symbols symbols = Kallsyms.find(memory.memory(), memory.image());
    assertEquals(SYMBOLS, symbols.count());
    assertEquals(
        Map.of(made.symbols.firstEntry().getValue(), made.symbols.firstKey(), made.symbols.lastEntry().getValue(),
            made.symbols.lastKey()),
        symbols.find(List.of(made.symbols.firstEntry().getValue(), made.symbols.lastEntry().getValue(), "absent")),
        () -> "seed " + seed);
    for (int i = 0; i < 500; i++) {
      long address = made.symbols.firstKey() + random.nextInt(1 << 23);
      Map.Entry<Long, String> entry = made.symbols.floorEntry(address);
      Place place = symbols.at(address).orElseThrow();
      assertEquals(entry.getValue(), place.symbol(), () -> "seed " + seed);
      assertEquals(address - entry.getKey(), place.offset());
    }
  }

  @Test
  void eachNameHasItsAddressesAndSizes() {
    Map.Entry<Long, String> last = made.symbols.lastEntry();
    Map.Entry<Long, String> before = made.symbols.lowerEntry(last.getKey());
    made.symbols.put(last.getKey(), before.getValue());
    made.write(Age.LINUX_6_12);
    Symbols symbols = Kallsyms.find(memory.memory(), memory.image());
    List<KernelSymbol> found = new ArrayList<>();
    symbols.forEach(Optional.of(before.getValue()), found::add);
    assertEquals(List.of(
        new KernelSymbol(before.getValue(), before.getKey(), last.getKey() - before.getKey(), true, ""),
        new KernelSymbol(before.getValue(), last.getKey(), 0, true, "")), found, () -> "seed " + seed);
    found.clear();
    symbols.forEach(Optional.empty(), found::add);
    assertEquals(List.copyOf(made.symbols.values()), found.stream().map(KernelSymbol::name).toList());
  }

  @Test
  void memoryWithoutSymbolsIsSaidToHaveNone() {
    Unreadable none = assertThrows(Unreadable.class, () -> Kallsyms.find(memory.memory(), memory.image()));
    assertTrue(none.getMessage().contains("CONFIG_KALLSYMS"), none::getMessage);
  }

  /** A guest may write what it likes there: the answer is some symbols, or none, and comes. */
  @ParameterizedTest
  @EnumSource(Age.class)
  void whatAGuestMakesOfThemIsRefusedOrRead(Age age) {
    made.write(age);
    int written = memory.bytes.position();
    byte[] whole = memory.bytes.array().clone();
    for (int round = 0; round < 60; round++) {
      System.arraycopy(whole, 0, memory.bytes.array(), 0, whole.length);
      for (int i = random.nextInt(8); i >= 0; i--) {
        memory.bytes.putInt(random.nextInt(written - 4), random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
      }
      try {
        Symbols symbols = Kallsyms.find(memory.memory(), memory.image());
        symbols.at(MadeUpMemory.START + random.nextInt(1 << 24));
        symbols.find(List.of("absent"));
      } catch (Unreadable e) {
        assertTrue(!e.getMessage().isEmpty(), () -> "seed " + seed);
      }
    }
  }
}
