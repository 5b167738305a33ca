package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Fields of the kernel's structs by width in bits; {@code generated.Offsets} says where they are. */
final class Fields {
  private Fields() {}

  static byte get8(MemorySegment struct, long offset) { return struct.get(JAVA_BYTE, offset); }

  static short get16(MemorySegment struct, long offset) { return struct.get(JAVA_SHORT_UNALIGNED, offset); }

  static int get32(MemorySegment struct, long offset) { return struct.get(JAVA_INT_UNALIGNED, offset); }

  static long get64(MemorySegment struct, long offset) { return struct.get(JAVA_LONG_UNALIGNED, offset); }

  static void set8(MemorySegment struct, long offset, byte value) { struct.set(JAVA_BYTE, offset, value); }

  static void set16(MemorySegment struct, long offset, short value) { struct.set(JAVA_SHORT_UNALIGNED, offset, value); }

  static void set32(MemorySegment struct, long offset, int value) { struct.set(JAVA_INT_UNALIGNED, offset, value); }

  static void set64(MemorySegment struct, long offset, long value) { struct.set(JAVA_LONG_UNALIGNED, offset, value); }
}
