package org.ballastvm.vmm.look;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Memory by the kernel's addresses. What is not mapped is {@link Unreadable}, and so is all after some seconds: whatever a guest has
 * written there, a look at it ends.
 */
final class KernelMemory {
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** What is read. */
  @FunctionalInterface
  interface Source {
    /** Reads; false if not all of it is mapped memory. */
    boolean read(long address, byte[] into, int length);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long MOST_BYTES = 1 << 28;

  private final Source source;
  private final long deadline = System.nanoTime() + PATIENCE.toNanos();

  KernelMemory(Source source) { this.source = source; }

  boolean tryRead(long address, byte[] into, int length) {
    if (System.nanoTime() - deadline > 0) {
      throw new Unreadable("it takes longer than " + PATIENCE.toSeconds() + " s");
    }
    return source.read(address, into, length);
  }

  byte[] bytes(long address, long length) {
    if (length < 0 || length > MOST_BYTES) {
      throw new Unreadable("%d bytes at %#x are too many".formatted(length, address));
    }
    byte[] bytes = new byte[(int) length];
    if (!tryRead(address, bytes, bytes.length)) {
      throw new Unreadable("%d bytes at %#x are not mapped".formatted(length, address));
    }
    return bytes;
  }

  long u64(long address) { return getLong(bytes(address, Long.BYTES), 0); }

  int s32(long address) { return getInt(bytes(address, Integer.BYTES), 0); }

  int u16(long address) { return getShort(bytes(address, Short.BYTES), 0); }

  /** A string that ends by a zero, or after so many bytes; what does not print is a question mark. */
  String text(long address, int mostBytes) {
    byte[] bytes = new byte[mostBytes];
    int length = mostBytes;
    while (length > 0 && !tryRead(address, bytes, length)) {
      length /= 2; // It may end just before what is not mapped.
    }
    return text(bytes, 0, length);
  }

  static String text(byte[] bytes, int from, int to) {
    int end = from;
    while (end < to && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\ufffd]", "?");
  }

  static long getLong(byte[] bytes, int at) { return (long) LONG.get(bytes, within(bytes, at, Long.BYTES)); }

  static int getInt(byte[] bytes, int at) { return (int) INT.get(bytes, within(bytes, at, Integer.BYTES)); }

  static int getShort(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, within(bytes, at, Short.BYTES)) & 0xffff;
  }

  /** Where things lie is the guest's word, too. */
  private static int within(byte[] bytes, int at, int length) {
    if (at < 0 || at > bytes.length - length) {
      throw new Unreadable("what is read leads behind its end");
    }
    return at;
  }
}
