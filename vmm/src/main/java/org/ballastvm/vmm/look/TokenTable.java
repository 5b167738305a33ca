package org.ballastvm.vmm.look;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The 256 pieces that names of symbols are made of, as scripts/kallsyms.c writes them: strings, one behind the other, and behind
 * them where each begins. A table that agrees with its index is no chance.
 *
 * @param start its address
 * @param end behind the index
 * @param tokens by number
 */
record TokenTable(long start, long end, List<String> tokens) {
  private static final int TOKENS = 256;
  private static final int ZERO = '0';
  private static final int MOST_TOKEN_BYTES = 64;
  private static final int CHUNK = 1 << 16;
  private static final int STRIDE = 8;
  private static final int BEFORE = ZERO * MOST_TOKEN_BYTES;
  private static final int BEHIND = (TOKENS - ZERO) * MOST_TOKEN_BYTES + 8 + TOKENS * Short.BYTES;
  private static final int PAGE = 4096;
  private static final byte[] DIGITS = digits();

  /** Digits stand for themselves in every kernel, as some name has each. */
  private static byte[] digits() {
    byte[] bytes = new byte[20];
    for (int i = 0; i < 10; i++) {
      bytes[2 * i] = (byte) (ZERO + i);
    }
    return bytes;
  }

  /** Looks through an image; the parts of it that are not mapped are passed over. */
  static TokenTable find(KernelMemory memory, KernelImage image) {
    byte[] chunk = new byte[CHUNK + DIGITS.length];
    for (long at = image.start(); at < image.end(); at += CHUNK) {
      int length = read(memory, at, chunk);
      for (int i = 0; i + DIGITS.length <= length; i += STRIDE) {
        int begin = mayBeDigit(chunk, i) ? digits(chunk, i, length) : -1;
        Optional<TokenTable> table = begin < 0 ? Optional.empty() : around(memory, at + begin);
        if (table.isPresent()) {
          return table.get();
        }
      }
    }
    throw new Unreadable("the kernel at %#x has no table of symbols (CONFIG_KALLSYMS)".formatted(image.start()));
  }

  /** How much of a chunk can be read; pages that are not mapped read as zeros. */
  private static int read(KernelMemory memory, long at, byte[] chunk) {
    if (memory.tryRead(at, chunk, chunk.length)) {
      return chunk.length;
    }
    byte[] page = new byte[PAGE];
    Arrays.fill(chunk, (byte) 0);
    for (int offset = 0; offset < CHUNK; offset += PAGE) {
      if (memory.tryRead(at + offset, page, PAGE)) {
        System.arraycopy(page, 0, chunk, offset, PAGE);
      }
    }
    return CHUNK;
  }

  /** Whether a digit and a zero stand here, in either order: every eighth place of the digits is enough. */
  private static boolean mayBeDigit(byte[] bytes, int at) {
    int one = bytes[at];
    int other = bytes[at + 1];
    return (one | other) >= ZERO && (one | other) <= '9' && (one == 0 || other == 0);
  }

  /** Where the digits that are here begin; -1 if they are none. */
  private static int digits(byte[] bytes, int at, int length) {
    int digit = bytes[at] == 0 ? at + 1 : at;
    int begin = digit - 2 * (bytes[digit] - ZERO);
    return begin >= 0 && begin + DIGITS.length <= length
        && Arrays.equals(bytes, begin, begin + DIGITS.length, DIGITS, 0, DIGITS.length) ? begin : -1;
  }

  private static Optional<TokenTable> around(KernelMemory memory, long zero) {
    byte[] around = new byte[BEFORE + BEHIND];
    if (!memory.tryRead(zero - BEFORE, around, around.length)) {
      return Optional.empty();
    }
    int end = BEFORE;
    for (int i = ZERO; i < TOKENS && end < around.length; i++) {
      end = next(around, end);
    }
    for (int align = 4; align <= 8; align += 4) { // As older and newer kernels align the index.
      int index = (int) ((zero - BEFORE + end + align - 1 & -align) - (zero - BEFORE));
      if (index + TOKENS * Short.BYTES <= around.length) {
        int first = BEFORE - KernelMemory.getShort(around, index + ZERO * Short.BYTES);
        Optional<TokenTable> table = first < 0 ? Optional.empty() : readFrom(around, first, index, zero - BEFORE);
        if (table.isPresent()) {
          return table;
        }
      }
    }
    return Optional.empty();
  }

  /** Where the next string begins. */
  private static int next(byte[] bytes, int at) {
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return end + 1;
  }

  private static Optional<TokenTable> readFrom(byte[] bytes, int first, int index, long base) {
    String[] tokens = new String[TOKENS];
    int[] starts = new int[TOKENS];
    int at = first;
    for (int i = 0; i < TOKENS; i++) {
      int next = next(bytes, at);
      if (next - at < 2 || next - at > MOST_TOKEN_BYTES || next > index) {
        return Optional.empty();
      }
      starts[i] = at - first;
      tokens[i] = KernelMemory.text(bytes, at, next);
      at = next;
    }
    return agrees(bytes, index, starts)
        ? Optional.of(new TokenTable(base + first, base + index + TOKENS * Short.BYTES, List.of(tokens)))
        : Optional.empty();
  }

  private static boolean agrees(byte[] bytes, int index, int[] starts) {
    for (int i = 0; i < TOKENS; i++) {
      if (KernelMemory.getShort(bytes, index + i * Short.BYTES) != starts[i]) {
        return false;
      }
    }
    return true;
  }
}
