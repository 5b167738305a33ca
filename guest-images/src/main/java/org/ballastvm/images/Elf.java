package org.ballastvm.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The little of a 64-bit ELF file that is asked here: the content of a section, and whether a loader is wanted.
 * Offsets are those of Elf64_Ehdr, Elf64_Shdr and Elf64_Phdr in the System V ABI.
 */
final class Elf {
  private static final int HEADER_BYTES = 64;
  private static final int MAGIC = 0x464c457f;
  private static final int PT_INTERP = 3;
  private static final int SHT_NOBITS = 8;

  private final ByteBuffer bytes;
  private final String name;

  private Elf(ByteBuffer bytes, String name) {
    this.bytes = bytes;
    this.name = name;
  }

  /** Whether the bytes begin as an ELF file of 64 bits, little-endian, does. */
  static boolean isElf64(byte[] content) {
    return content.length >= HEADER_BYTES && content[4] == 2 && content[5] == 1 && little(content).getInt(0) == MAGIC;
  }

  /** @throws ImageError if it is none; {@code name} is for the message */
  static Elf of(byte[] content, String name) {
    if (!isElf64(content)) {
      throw new ImageError(name + " is not a 64-bit ELF file");
    }
    return new Elf(little(content), name);
  }

  /** {@return the content of the first section of that name} */
  Optional<byte[]> section(String wanted) {
    try {
      int count = Short.toUnsignedInt(bytes.getShort(0x3c));
      int names = sectionHeader(Short.toUnsignedInt(bytes.getShort(0x3e)));
      for (int i = 0; i < count; i++) {
        int header = sectionHeader(i);
        int nameAt = Math.addExact(offset(names), bytes.getInt(header));
        if (hasNameAt(nameAt, wanted)) {
          return Optional.of(contentOf(header));
        }
      }
      return Optional.empty();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new ImageError(name + " is damaged: its section headers point outside of the file", e);
    }
  }

  /** Whether it runs without a dynamic loader. */
  boolean isStatic() {
    try {
      int count = Short.toUnsignedInt(bytes.getShort(0x38));
      int size = Short.toUnsignedInt(bytes.getShort(0x36));
      int table = Math.toIntExact(bytes.getLong(0x20));
      for (int i = 0; i < count; i++) {
        if (bytes.getInt(table + i * size) == PT_INTERP) {
          return false;
        }
      }
      return true;
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new ImageError(name + " is damaged: its program headers point outside of the file", e);
    }
  }

  private byte[] contentOf(int header) {
    if (bytes.getInt(header + 4) == SHT_NOBITS) {
      return new byte[0];
    }
    int size = Math.toIntExact(bytes.getLong(header + 0x20));
    int from = offset(header);
    if (size < 0 || from < 0 || size > bytes.limit() - from) {
      throw new IndexOutOfBoundsException(size);
    }
    byte[] content = new byte[size];
    bytes.get(from, content);
    return content;
  }

  private int sectionHeader(int index) {
    int size = Short.toUnsignedInt(bytes.getShort(0x3a));
    return Math.addExact(Math.toIntExact(bytes.getLong(0x28)), Math.multiplyExact(index, size));
  }

  private int offset(int header) { return Math.toIntExact(bytes.getLong(header + 0x18)); }

  private boolean hasNameAt(int at, String wanted) {
    byte[] expected = (wanted + '\0').getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < expected.length; i++) {
      if (bytes.get(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer little(byte[] content) { return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN); }
}
