package org.ballastvm.acpi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes in the making; every number goes in little-endian, as all of ACPI has it. */
final class ByteSink {
  private byte[] bytes = new byte[256];
  private int length;

  ByteSink u8(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) value;
    return this;
  }

  ByteSink u16(int value) { return u8(value).u8(value >>> 8); }

  ByteSink u32(long value) { return u16((int) value).u16((int) (value >>> 16)); }

  ByteSink u64(long value) { return u32(value).u32(value >>> 32); }

  ByteSink bytes(byte[] more) {
    if (more.length > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * length, length + more.length));
    }
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  ByteSink zeros(int count) {
    for (int i = 0; i < count; i++) {
      u8(0);
    }
    return this;
  }

  /** ASCII text in a field of {@code fieldBytes}, padded by {@code pad}. */
  ByteSink text(String text, int fieldBytes, char pad) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    if (ascii.length > fieldBytes) {
      throw new IllegalArgumentException("\"" + text + "\" is longer than " + fieldBytes + " characters");
    }
    bytes(ascii);
    for (int i = ascii.length; i < fieldBytes; i++) {
      u8(pad);
    }
    return this;
  }

  int length() { return length; }

  byte[] toArray() { return Arrays.copyOf(bytes, length); }
}
