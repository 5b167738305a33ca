package org.ballastvm.vmm.look;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The kernel's types, as it has them for BPF (Documentation/bpf/btf.rst): where members of structures lie. */
final class Btf {
  private static final int MAGIC = 0xeb9f;
  private static final int MOST_BYTES = 64 << 20;
  private static final int TYPE_BYTES = 12;
  private static final int MEMBER_BYTES = 12;
  private static final int MOST_DEPTH = 16;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;

  private final byte[] data;
  private final int[] types;
  private final int strings;
  private final Map<String, Integer> named = new HashMap<>();

  private Btf(byte[] data, int[] types, int strings) {
    this.data = data;
    this.types = types;
    this.strings = strings;
  }

  /**
   * Reads them.
   *
   * @param structures those that will be asked for
   */
  static Btf read(KernelMemory memory, long start, long end, Set<String> structures) {
    long length = end - start;
    if (length <= TYPE_BYTES * 2 || length > MOST_BYTES) {
      throw new Unreadable("types (BTF) of %d bytes at %#x".formatted(length, start));
    }
    byte[] data = memory.bytes(start, length);
    int header = KernelMemory.getInt(data, 4);
    if (KernelMemory.getShort(data, 0) != MAGIC || header < 24 || header > data.length) {
      throw new Unreadable("no types (BTF) at %#x".formatted(start));
    }
    long from = header + Integer.toUnsignedLong(KernelMemory.getInt(data, 8));
    long to = from + Integer.toUnsignedLong(KernelMemory.getInt(data, 12));
    long strings = header + Integer.toUnsignedLong(KernelMemory.getInt(data, 16));
    if (to > data.length || strings > data.length) {
      throw new Unreadable("types (BTF) at %#x that end behind their end".formatted(start));
    }
    Btf btf = new Btf(data, new int[(int) (to - from) / TYPE_BYTES + 1], (int) strings);
    btf.index((int) from, (int) to, structures);
    return btf;
  }

  private void index(int from, int to, Set<String> structures) {
    int id = 1;
    for (int at = from; at + TYPE_BYTES <= to; id++) {
      int size = TYPE_BYTES + extraBytes(kind(at), count(at));
      if (at + size > to) {
        return;
      }
      types[id] = at;
      if (kind(at) == STRUCT) {
        String name = string(KernelMemory.getInt(data, at));
        if (structures.contains(name)) {
          named.putIfAbsent(name, id);
        }
      }
      at += size;
    }
  }

  private int kind(int at) { return KernelMemory.getInt(data, at + 4) >>> 24 & 0x1f; }

  private int count(int at) { return KernelMemory.getInt(data, at + 4) & 0xffff; }

  private boolean hasBitfields(int at) { return KernelMemory.getInt(data, at + 4) < 0; }

  private static int extraBytes(int kind, int count) {
    return switch (kind) {
      case STRUCT, UNION, 15, 19 -> count * MEMBER_BYTES; // Also a section of data, and enum64.
      case ARRAY -> 12;
      case 6, 13 -> count * 8; // An enum, a function's parameters.
      case 1, 14, 17 -> 4; // An integer, a variable, a tag.
      default -> 0;
    };
  }

  private String string(int offset) {
    int from = strings + offset;
    if (from < strings || from >= data.length) {
      return "";
    }
    int end = from;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return new String(data, from, end - from, StandardCharsets.US_ASCII);
  }

  /**
   * Where a member is.
   *
   * @param structure one of those that were named
   * @param path the member, or one of a member, as {@code thread.sp}
   * @return in bytes
   */
  int offset(String structure, String path) {
    return bits(structure, path).orElseThrow(() -> new Unreadable("the kernel's " + structure + " has no " + path)) / 8;
  }

  /** The same of the first of several names that a kernel may have for it. */
  int offset(String structure, String path, String orElse) {
    return bits(structure, path).orElseGet(() -> offset(structure, orElse) * 8) / 8;
  }

  /** In bits; empty if there is no such member. */
  OptionalInt bits(String structure, String path) {
    Integer id = named.get(structure);
    int bits = 0;
    for (String member : path.split("\\.")) {
      Member found = id == null ? null : member(id, member, 0);
      if (found == null) {
        return OptionalInt.empty();
      }
      bits += found.bits();
      id = structureBehind(found.type());
    }
    return OptionalInt.of(bits);
  }

  private record Member(int bits, int type) {}

  /** Those of structures without a name are their surrounder's. */
  private Member member(int id, String name, int depth) {
    int at = types[id];
    for (int i = 0; depth < MOST_DEPTH && i < count(at); i++) {
      int member = at + TYPE_BYTES + i * MEMBER_BYTES;
      String its = string(KernelMemory.getInt(data, member));
      int type = KernelMemory.getInt(data, member + 4);
      int bits = KernelMemory.getInt(data, member + 8) & (hasBitfields(at) ? 0xff_ffff : -1);
      if (its.equals(name)) {
        return new Member(bits, type);
      }
      Integer inner = its.isEmpty() ? structureBehind(type) : null;
      Member found = inner == null ? null : member(inner, name, depth + 1);
      if (found != null) {
        return new Member(bits + found.bits(), found.type());
      }
    }
    return null;
  }

  /** The structure that a type is, behind typedefs, qualifiers and arrays; null if it is none. */
  private Integer structureBehind(int type) {
    int id = type;
    for (int i = 0; i < MOST_DEPTH && id > 0 && id < types.length && types[id] != 0; i++) {
      int kind = kind(types[id]);
      if (kind == STRUCT || kind == UNION) {
        return id;
      }
      if (kind == ARRAY) {
        id = KernelMemory.getInt(data, types[id] + TYPE_BYTES);
      } else if (kind >= 8 && kind <= 11 || kind == 18) {
        id = KernelMemory.getInt(data, types[id] + 8);
      } else {
        return null;
      }
    }
    return null;
  }
}
