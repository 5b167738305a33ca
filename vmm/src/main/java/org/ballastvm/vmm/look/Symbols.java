package org.ballastvm.vmm.look;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The kernel's symbols, by address and by name. */
final class Symbols {
  /** Symbols to a block. */
  static final int BLOCK = 256;

  private final long[] addresses;
  private final byte[] names;
  private final int[] blocks;
  private final String[] tokens;

  /**
   * Symbols in the order of their addresses.
   *
   * @param addresses of each
   * @param names compressed, one behind the other
   * @param blocks where in them each 256th begins
   * @param tokens what they are made of
   */
  Symbols(long[] addresses, byte[] names, int[] blocks, String[] tokens) {
    this.addresses = addresses;
    this.names = names;
    this.blocks = blocks;
    this.tokens = tokens;
  }

  int count() { return addresses.length; }

  /** The addresses of those names; absent for one that there is none of. The first of several counts. */
  Map<String, Long> find(Collection<String> wanted) {
    Set<String> left = new HashSet<>(wanted);
    Map<String, Long> found = new HashMap<>();
    BitSet lengths = new BitSet();
    wanted.forEach(name -> lengths.set(name.length() + 1));
    int[] tokenLengths = tokenLengths();
    int at = 0;
    for (int i = 0; i < addresses.length && !left.isEmpty(); i++) {
      if (lengths.get(lengthAt(at, tokenLengths))) {
        String name = nameAt(at);
        if (left.remove(name)) {
          found.put(name, addresses[i]);
        }
      }
      at = next(names, at);
    }
    return found;
  }

  /** All of them in the order of their addresses, or those of one name alone. */
  void forEach(Optional<String> wanted, KernelSymbol.Taker taker) {
    int[] tokenLengths = tokenLengths();
    int length = wanted.map(String::length).orElse(0) + 1;
    int at = 0;
    for (int i = 0; i < addresses.length; i++) {
      if (wanted.isEmpty() || lengthAt(at, tokenLengths) == length) {
        String typed = typedNameAt(at);
        if (!typed.isEmpty() && (wanted.isEmpty() || typed.endsWith(wanted.get()))) {
          taker.symbol(new KernelSymbol(typed.substring(1), addresses[i], sizeAt(i),
              KernelSymbol.isCode(typed.charAt(0)), ""));
        }
      }
      at = next(names, at);
    }
  }

  private int[] tokenLengths() { return Arrays.stream(tokens).mapToInt(String::length).toArray(); }

  /** How long a name is, with its type: a string for each would take longer than all else. */
  private int lengthAt(int at, int[] tokenLengths) {
    int next = next(names, at);
    int length = 0;
    for (int j = at + prefix(names, at); j < next; j++) {
      length += tokenLengths[names[j] & 0xff];
    }
    return length;
  }

  /** Up to the next that is not its alias. */
  private long sizeAt(int index) {
    for (int i = index + 1; i < addresses.length; i++) {
      if (addresses[i] != addresses[index]) {
        return addresses[i] - addresses[index];
      }
    }
    return 0;
  }

  /** The symbol that an address is in: {@code name+0xoffset/0xsize}. */
  Optional<Place> at(long address) {
    int low = 0;
    int high = addresses.length - 1;
    if (high < 0 || Long.compareUnsigned(address, addresses[0]) < 0) {
      return Optional.empty();
    }
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (Long.compareUnsigned(addresses[middle], address) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    OptionalLong end = low + 1 < addresses.length ? OptionalLong.of(addresses[low + 1]) : OptionalLong.empty();
    int first = low;
    while (first > 0 && addresses[first - 1] == addresses[low]) {
      first--; // Of aliases, kallsyms says the first.
    }
    return Optional.of(new Place(name(first), address - addresses[low],
        end.isPresent() ? end.getAsLong() - addresses[low] : 0));
  }

  private String name(int index) {
    int at = blocks[index / BLOCK];
    for (int i = index % BLOCK; i > 0; i--) {
      at = next(names, at);
    }
    return nameAt(at);
  }

  /** Without its first character, which is its type. */
  private String nameAt(int at) {
    String typed = typedNameAt(at);
    return typed.isEmpty() ? "" : typed.substring(1);
  }

  private String typedNameAt(int at) {
    int from = at + prefix(names, at);
    int to = from + length(names, at);
    StringBuilder name = new StringBuilder();
    for (int i = from; i < to; i++) {
      name.append(tokens[names[i] & 0xff]);
    }
    return name.toString();
  }

  /** How many bytes say how long a name is: since Linux 6.1 it may be two. */
  private static int prefix(byte[] names, int at) {
    return names[at] < 0 ? 2 : 1;
  }

  private static int length(byte[] names, int at) {
    return names[at] < 0 ? names[at] & 0x7f | (names[at + 1] & 0xff) << 7 : names[at];
  }

  static int next(byte[] names, int at) { return at + prefix(names, at) + length(names, at); }
}
