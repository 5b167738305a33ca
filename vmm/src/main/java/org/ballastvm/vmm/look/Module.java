package org.ballastvm.vmm.look;

import java.util.Optional;

/**
 * A module that is loaded.
 *
 * @param name of it
 * @param textStart where its code begins
 * @param textBytes how much there is of that
 * @param orc how to unwind it
 * @param symbols address of its symbols, {@code Elf64_Sym}
 * @param symbolCount how many
 * @param strings address of their names
 */
record Module(String name, long textStart, int textBytes, OrcTable orc, long symbols, int symbolCount, long strings) {
  private static final int SYMBOL_BYTES = 24;
  private static final int VALUE = 8;
  private static final int SIZE = 16;
  private static final int SECTION = 6;
  private static final int MOST_NAME_BYTES = 256;
  static final int MOST_SYMBOLS = 500_000;

  boolean contains(long address) { return address - textStart >= 0 && address - textStart < textBytes; }

  /** The last symbol that begins at or before an address. */
  Optional<Place> at(KernelMemory memory, long address) {
    byte[] table = memory.bytes(symbols, Math.multiplyExact(symbolCount, SYMBOL_BYTES));
    int best = -1;
    long next = textStart + textBytes;
    for (int i = 1; i < symbolCount; i++) {
      long value = KernelMemory.getLong(table, i * SYMBOL_BYTES + VALUE);
      if (!contains(value) || KernelMemory.getShort(table, i * SYMBOL_BYTES + SECTION) == 0) {
        continue;
      }
      if (value > address) {
        next = Math.min(next, value);
      } else if (best < 0 || value > KernelMemory.getLong(table, best * SYMBOL_BYTES + VALUE)
          || value == KernelMemory.getLong(table, best * SYMBOL_BYTES + VALUE) && sizeOf(table, i) > 0) {
        best = i;
      }
    }
    if (best < 0) {
      return Optional.empty();
    }
    long start = KernelMemory.getLong(table, best * SYMBOL_BYTES + VALUE);
    String symbol = memory.text(strings + Integer.toUnsignedLong(KernelMemory.getInt(table, best * SYMBOL_BYTES)),
        MOST_NAME_BYTES);
    return symbol.isEmpty() ? Optional.empty() : Optional.of(new Place(symbol, address - start, next - start, name));
  }

  /** All of its symbols, or those of one name alone. */
  void forEach(KernelMemory memory, Optional<String> wanted, KernelSymbol.Taker taker) {
    byte[] table = memory.bytes(symbols, Math.multiplyExact(symbolCount, SYMBOL_BYTES));
    for (int i = 1; i < symbolCount; i++) {
      if (KernelMemory.getShort(table, i * SYMBOL_BYTES + SECTION) == 0) {
        continue; // Another's.
      }
      String symbol = memory.text(strings + Integer.toUnsignedLong(KernelMemory.getInt(table, i * SYMBOL_BYTES)),
          MOST_NAME_BYTES);
      long value = KernelMemory.getLong(table, i * SYMBOL_BYTES + VALUE);
      if (!symbol.isEmpty() && (wanted.isEmpty() || symbol.equals(wanted.get()))) {
        taker.symbol(new KernelSymbol(symbol, value, sizeOf(table, i), contains(value), name));
      }
    }
  }

  private static long sizeOf(byte[] table, int i) { return KernelMemory.getLong(table, i * SYMBOL_BYTES + SIZE); }
}
