package org.ballastvm.p9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message of 9P2000.L as a driver writes it, with its length in front, true or not. */
public final class Message {
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);

  /** One without fields. */
  public Message(int type, int tag) {
    bytes.putInt(0).put((byte) type).putShort((short) tag);
  }

  /** Adds a byte. */
  public Message u8(int value) {
    bytes.put((byte) value);
    return this;
  }

  /** Adds two bytes. */
  public Message u16(int value) {
    bytes.putShort((short) value);
    return this;
  }

  /** Adds numbers of four bytes. */
  public Message u32(int... values) {
    for (int value : values) {
      bytes.putInt(value);
    }
    return this;
  }

  /** Adds numbers of eight bytes. */
  public Message u64(long... values) {
    for (long value : values) {
      bytes.putLong(value);
    }
    return this;
  }

  /** Adds a string. */
  public Message string(String text) {
    byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
    bytes.putShort((short) raw.length);
    return raw(raw);
  }

  /** Adds bytes as they are. */
  public Message raw(byte[] raw) {
    bytes.put(raw);
    return this;
  }

  /** The message. */
  public byte[] bytes() { return bytesOfLength(bytes.position()); }

  /** The message, which says that it is of another length. */
  public byte[] bytesOfLength(int told) {
    bytes.putInt(0, told);
    byte[] whole = new byte[bytes.position()];
    bytes.get(0, whole);
    return whole;
  }
}
