package org.ballastvm.vmm.look;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A table of symbols as a kernel's build writes it, in the order of one of three ages. */
final class MadeUpSymbols {
  enum Age {
    LINUX_5_10, LINUX_6_2, LINUX_6_12
  }

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz_0123456789";
  final TreeMap<Long, String> symbols = new TreeMap<>();
  private final MadeUpMemory memory;
  private final Random random;

  MadeUpSymbols(MadeUpMemory memory, Random random, int count) {
    this.memory = memory;
    this.random = random;
    while (symbols.size() < count) {
      symbols.put(MadeUpMemory.START + random.nextInt(1 << 24), name());
    }
  }

  private String name() {
    StringBuilder name = new StringBuilder("s" + symbols.size() + "_");
    // Some are so long that their length takes two bytes.
    for (int i = random.nextInt(100) == 0 ? 200 : random.nextInt(20); i >= 0; i--) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return name.toString();
  }

  /** Writes it behind something that is like it. */
  void write(Age age) {
    memory.bytes.put("0\0001\0002\0003\0004\0005\0006\0007\0008\0009\000".getBytes(StandardCharsets.US_ASCII));
    memory.align(64);
    if (age != Age.LINUX_6_12) {
      offsets();
    }
    memory.align(8);
    memory.bytes.putInt(symbols.size());
    memory.align(8);
    List<Integer> markers = names();
    memory.align(8);
    markers.forEach(memory.bytes::putInt);
    memory.align(8);
    if (age == Age.LINUX_6_2) {
      for (int i = 0; i < symbols.size(); i++) {
        memory.bytes.put((byte) random.nextInt()).putShort((short) random.nextInt());
      }
      memory.align(8);
    }
    tokens();
    memory.align(8);
    if (age == Age.LINUX_6_12) {
      offsets();
    }
  }

  private void offsets() {
    memory.align(8);
    symbols.keySet().forEach(address -> memory.bytes.putInt((int) (MadeUpMemory.START - 1 - address)));
    memory.align(8);
    memory.bytes.putLong(MadeUpMemory.START);
  }

  /** Each character is its own token, so names are longer than a kernel's. */
  private List<Integer> names() {
    List<Integer> markers = new ArrayList<>();
    int start = memory.bytes.position();
    int i = 0;
    for (String name : symbols.values()) {
      if (i++ % 256 == 0) {
        markers.add(memory.bytes.position() - start);
      }
      int length = name.length() + 1;
      if (length < 128) {
        memory.bytes.put((byte) length);
      } else {
        memory.bytes.put((byte) (length & 0x7f | 0x80)).put((byte) (length >> 7));
      }
      memory.bytes.put((byte) 'T').put(name.getBytes(StandardCharsets.US_ASCII));
    }
    return markers;
  }

  private void tokens() {
    int start = memory.bytes.position();
    List<Integer> index = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      index.add(memory.bytes.position() - start);
      String token = i > ' ' && i < 127 ? String.valueOf((char) i) : "tok" + i;
      memory.bytes.put(token.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    memory.align(8);
    index.forEach(offset -> memory.bytes.putShort(offset.shortValue()));
  }
}
