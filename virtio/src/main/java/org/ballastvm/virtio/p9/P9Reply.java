package org.ballastvm.virtio.p9;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.ToLongFunction;
import org.ballastvm.virtio.queue.GuestMemory.Access;

/** The answer to a request, as it is put together. Numbers are little-endian. */
public final class P9Reply {
  /** What an answer has in front: size[4] type[1] tag[2]. */
  static final int HEADER_BYTES = 7;
  /** An answer that is an error: the header and ecode[4]. */
  static final int ERROR_BYTES = HEADER_BYTES + 4;
  /** What of an answer is put together here; only what is read of a file can be more. */
  static final int MOST_BYTES = 64 << 10;

  private final MemorySegment message = MemorySegment.ofArray(new byte[MOST_BYTES]);
  private P9Buffers buffers;
  private P9Gate gate;
  private int tag;
  private long mostBytes;
  private int at;
  /** What was read straight into guest memory, behind what was put together. */
  private long filledBytes;

  P9Reply() {}

  void begin(P9Buffers request, P9Gate entrance, int type, int answerTo, int messageBytes) {
    buffers = request;
    gate = entrance;
    tag = answerTo;
    mostBytes = Math.min(request.writableBytes(), messageBytes);
    restart(type + 1);
  }

  private void restart(int type) {
    message.set(JAVA_BYTE, 4, (byte) type);
    message.set(JAVA_SHORT_UNALIGNED, 5, (short) tag);
    at = HEADER_BYTES;
    filledBytes = 0;
  }

  /** It is an error instead. */
  void fail(int errno) {
    restart(P9Type.LERROR + 1);
    u32(errno);
  }

  /** {@return how many more bytes there is room for} */
  public int roomBytes() {
    return (int) Math.max(0, Math.min(mostBytes, MOST_BYTES) - at);
  }

  /**
   * Adds a number of one byte.
   *
   * @param value its low 8 bits
   */
  public void u8(int value) {
    require(1);
    message.set(JAVA_BYTE, at, (byte) value);
    at++;
  }

  /**
   * Adds a number of two bytes.
   *
   * @param value its low 16 bits
   */
  public void u16(int value) {
    require(2);
    message.set(JAVA_SHORT_UNALIGNED, at, (short) value);
    at += 2;
  }

  /**
   * Adds a number of four bytes.
   *
   * @param value it
   */
  public void u32(int value) {
    require(4);
    message.set(JAVA_INT_UNALIGNED, at, value);
    at += 4;
  }

  /**
   * Adds a number of eight bytes.
   *
   * @param value it
   */
  public void u64(long value) {
    require(8);
    message.set(JAVA_LONG_UNALIGNED, at, value);
    at += 8;
  }

  /**
   * Adds a string.
   *
   * @param bytes a character for each byte, up to 65535
   */
  public void string(String bytes) {
    require(2 + bytes.length());
    u16(bytes.length());
    for (int i = 0; i < bytes.length(); i++) {
      message.set(JAVA_BYTE, at + i, (byte) bytes.charAt(i));
    }
    at += bytes.length();
  }

  /**
   * Adds a qid: what a server knows a node by.
   *
   * @param qid which
   */
  public void qid(P9Qid qid) {
    u8(qid.type());
    u32(qid.version());
    u64(qid.path());
  }

  /**
   * Adds bytes, with their number of four bytes in front.
   *
   * @param bytes what
   * @param offset of the first in {@code bytes}
   * @param lengthBytes how many
   */
  public void data(byte[] bytes, int offset, int lengthBytes) {
    require(4 + lengthBytes);
    u32(lengthBytes);
    MemorySegment.copy(bytes, offset, message, JAVA_BYTE, at, lengthBytes);
    at += lengthBytes;
  }

  /** {@return where the next number goes, for one that is known later} */
  public int position() { return at; }

  /**
   * Sets a number of two bytes that was added before.
   *
   * @param position where it is
   * @param value its low 16 bits
   */
  public void u16At(int position, int value) { message.set(JAVA_SHORT_UNALIGNED, position, (short) value); }

  /**
   * Sets a number of four bytes that was added before.
   *
   * @param position where it is
   * @param value it
   */
  public void u32At(int position, int value) { message.set(JAVA_INT_UNALIGNED, position, value); }

  /**
   * Adds what a call of the host reads straight into the driver's memory, with its number of bytes in front. Nothing follows.
   *
   * @param mostCount how much at most, in bytes, any value
   * @param call writes to the pieces, in their order, and says how many bytes it has written
   */
  public void fill(int mostCount, ToLongFunction<List<MemorySegment>> call) {
    long room = mostBytes - at - 4;
    if (room < 0) {
      throw new P9Error(P9Error.EMSGSIZE);
    }
    long count = Math.min(room, Integer.toUnsignedLong(mostCount));
    long read;
    gate.enter();
    try {
      read = count == 0 ? 0 : buffers.view(Access.WRITE, at + 4L, count, call);
    } finally {
      gate.leave();
    }
    u32((int) read);
    filledBytes = read;
  }

  private void require(int bytes) {
    if (bytes > roomBytes() && at + bytes > ERROR_BYTES) {
      throw new P9Error(P9Error.EMSGSIZE);
    }
  }

  /** Writes it to guest memory; how many bytes the driver has of it. */
  int send() {
    message.set(JAVA_INT_UNALIGNED, 0, (int) (at + filledBytes));
    gate.enter();
    try {
      buffers.write(message, at);
    } finally {
      gate.leave();
    }
    return (int) (at + filledBytes);
  }
}
