package org.ballastvm.vmm.look;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the kernel's symbols by their tables, as scripts/kallsyms.c lays them out. Up to Linux 6.4 these are offsets, relative
 * base, number, names, markers, tokens, index; since then number, names, markers, tokens, index, offsets, relative base.
 */
final class Kallsyms {
  private static final int MOST_SYMBOLS = 2_000_000;
  private static final int MOST_BLOCK_BYTES = 1 << 18;
  private static final int MOST_NAME_BYTES = 64 << 20;
  private static final int MOST_SEQUENCE_BYTES = 8 << 20;
  private static final int ALIGN = 8;

  private final KernelMemory memory;
  private final TokenTable tokens;

  private Kallsyms(KernelMemory memory, TokenTable tokens) {
    this.memory = memory;
    this.tokens = tokens;
  }

  static Symbols find(KernelMemory memory, KernelImage image) {
    return new Kallsyms(memory, TokenTable.find(memory, image)).symbols();
  }

  private Symbols symbols() {
    return directMarkers().flatMap(this::named).or(this::behindSequence)
        .orElseThrow(
            () -> new Unreadable("the table of symbols at %#x does not hold together".formatted(tokens.start())));
  }

  /** Where in the names each 256th begins. */
  private static final class Markers {
    private final long start;
    /** Rising from 0. */
    private final int[] blocks;

    Markers(long start, int[] blocks) {
      this.start = start;
      this.blocks = blocks;
    }
  }

  /** Those that end right before the tokens: read backwards, they fall to 0. */
  private Optional<Markers> directMarkers() {
    List<Integer> reversed = new ArrayList<>();
    long at = tokens.start() - 4;
    int value = memory.s32(at);
    if (value == 0) {
      at -= 4; // Padding.
      value = memory.s32(at);
    }
    while (value > 0 && value <= MOST_NAME_BYTES && reversed.size() < MOST_SYMBOLS / Symbols.BLOCK) {
      reversed.add(value);
      at -= 4;
      int before = memory.s32(at);
      if (before == 0) {
        reversed.add(0);
        return Optional.of(new Markers(at, reversed.reversed().stream().mapToInt(Integer::intValue).toArray()));
      }
      if (before >= value || value - before > MOST_BLOCK_BYTES) {
        break;
      }
      value = before;
    }
    return Optional.empty();
  }

  /**
   * Linux 6.2 to 6.4, and 6.1 since some of its updates, have the order of names between markers and tokens, 3 bytes for each: how far away
   * the markers begin says how many there are.
   */
  private Optional<Symbols> behindSequence() {
    byte[] bytes = new byte[MOST_SEQUENCE_BYTES];
    int length = bytes.length;
    while (length > Symbols.BLOCK && !memory.tryRead(tokens.start() - length, bytes, length)) {
      length -= Symbols.BLOCK * Symbols.BLOCK;
    }
    for (int at = length - ALIGN & -ALIGN; at >= 0; at -= ALIGN) {
      int guess = (length - at) / (4 + 3 * Symbols.BLOCK);
      for (int count = Math.max(guess, 1); count <= guess + 1; count++) {
        int sequence = at + 4 * count + ALIGN - 1 & -ALIGN;
        int symbols = (length - sequence) / 3;
        if (symbols > 0 && (symbols + Symbols.BLOCK - 1) / Symbols.BLOCK == count && rise(bytes, at, count)) {
          int[] blocks = new int[count];
          for (int i = 0; i < count; i++) {
            blocks[i] = KernelMemory.getInt(bytes, at + 4 * i);
          }
          Optional<Symbols> found = named(new Markers(tokens.start() - length + at, blocks));
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean rise(byte[] bytes, int at, int count) {
    int last = KernelMemory.getInt(bytes, at);
    if (last != 0) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      int next = KernelMemory.getInt(bytes, at + 4 * i);
      if (next <= last || next - last > MOST_BLOCK_BYTES || next > MOST_NAME_BYTES) {
        return false;
      }
      last = next;
    }
    return true;
  }

  /** Names end where markers begin, and before them is how many there are. */
  private Optional<Symbols> named(Markers markers) {
    int last = markers.blocks[markers.blocks.length - 1];
    long earliest = markers.start - last - MOST_BLOCK_BYTES & -ALIGN;
    byte[] eight = new byte[ALIGN];
    for (long names = markers.start - last - 1 & -4L; names >= earliest; names -= 4) {
      if (!memory.tryRead(names - ALIGN, eight, ALIGN)) {
        break;
      }
      for (int at = 0; at < ALIGN; at += 4) {
        int count = KernelMemory.getInt(eight, at);
        if (count > 0 && count <= MOST_SYMBOLS
            && (count + Symbols.BLOCK - 1) / Symbols.BLOCK == markers.blocks.length) {
          Optional<Symbols> symbols = read(names, markers.start, markers.blocks, count, names - ALIGN + at);
          if (symbols.isPresent()) {
            return symbols;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Symbols> read(long start, long markers, int[] blocks, int count, long number) {
    byte[] names = new byte[(int) (markers - start)];
    if (!memory.tryRead(start, names, names.length) || !fit(names, blocks, count)) {
      return Optional.empty();
    }
    int offsetBytes = Math.toIntExact(4L * count + ALIGN - 1 & -ALIGN);
    long baseBefore = number - ALIGN;
    long behind = tokens.end() + ALIGN - 1 & -ALIGN;
    return addresses(baseBefore - offsetBytes, baseBefore, count)
        .or(() -> addresses(behind, behind + offsetBytes, count))
        .map(addresses -> new Symbols(addresses, names, blocks, tokens.tokens().toArray(String[]::new)));
  }

  /** Whether so many names end where the markers begin, and each 256th begins where its marker says. */
  private static boolean fit(byte[] names, int[] blocks, int count) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (at + 2 > names.length || i % Symbols.BLOCK == 0 && blocks[i / Symbols.BLOCK] != at) {
        return false;
      }
      at = Symbols.next(names, at);
    }
    return at <= names.length && names.length - at < ALIGN;
  }

  /** Addresses from their offsets, if those rise within a kernel. */
  private Optional<long[]> addresses(long offsets, long relativeBase, int count) {
    byte[] bytes = new byte[4 * count];
    byte[] eight = new byte[ALIGN];
    if (!memory.tryRead(offsets, bytes, bytes.length) || !memory.tryRead(relativeBase, eight, ALIGN)) {
      return Optional.empty();
    }
    long base = KernelMemory.getLong(eight, 0);
    if (base < KernelImage.LOWEST || base >= KernelImage.HIGHEST) {
      return Optional.empty();
    }
    boolean absolute = false;
    for (int i = 0; i < count && !absolute; i++) {
      absolute = KernelMemory.getInt(bytes, 4 * i) < 0;
    }
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      int offset = KernelMemory.getInt(bytes, 4 * i);
      // CONFIG_KALLSYMS_ABSOLUTE_PERCPU: those of percpu variables are addresses, the others are negative.
      addresses[i] = !absolute ? base + Integer.toUnsignedLong(offset) : offset >= 0 ? offset : base - 1 - offset;
      if (i > 0 && Long.compareUnsigned(addresses[i], addresses[i - 1]) < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(addresses);
  }
}
