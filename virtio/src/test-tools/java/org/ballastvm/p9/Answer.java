package org.ballastvm.p9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** An answer of a 9P device as a driver reads it, field by field. */
public final class Answer {
  private static final int HEADER_BYTES = 7;
  private static final int ERROR = 7;

  private final ByteBuffer bytes;

  /** What the device wrote. */
  public Answer(byte[] written) {
    bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
  }

  /** How long it says that it is. */
  public int length() { return bytes.getInt(0); }

  /** Its type. */
  public int type() { return bytes.get(4) & 0xff; }

  /** Its tag. */
  public int tag() { return bytes.getShort(5) & 0xffff; }

  /** The error that it is, or 0. */
  public int errno() { return type() == ERROR ? bytes.getInt(HEADER_BYTES) : 0; }

  /** The next byte. */
  public int u8() { return bytes.get() & 0xff; }

  /** The next two bytes. */
  public int u16() { return bytes.getShort() & 0xffff; }

  /** The next four bytes. */
  public int u32() { return bytes.getInt(); }

  /** The next eight bytes. */
  public long u64() { return bytes.getLong(); }

  /** The next string. */
  public String string() { return new String(raw(u16()), StandardCharsets.ISO_8859_1); }

  /** The next bytes. */
  public byte[] raw(int length) {
    byte[] raw = new byte[length];
    bytes.get(raw);
    return raw;
  }

  /** Passes bytes over. */
  public Answer skip(int length) {
    bytes.position(bytes.position() + length);
    return this;
  }

  /** Whether there is more. */
  public boolean hasMore() { return bytes.position() < length(); }
}
