package org.ballastvm.vmm.gdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The x87 and SSE registers in an area of XSAVE, as FXSAVE lays them out (Intel SDM volume 1, 10.5.1), in GDB's order. */
final class FloatingArea {
  private static final int STATUS = 2;
  private static final int TAGS = 4;
  private static final int OPCODE = 6;
  private static final int INSTRUCTION = 8;
  private static final int INSTRUCTION_SEGMENT = 12;
  private static final int OPERAND = 16;
  private static final int OPERAND_SEGMENT = 20;
  private static final int MXCSR = 24;
  private static final int STACK = 32;
  private static final int STACK_BYTES = 10;
  private static final int VECTORS = 160;
  private static final int VECTOR_BYTES = 16;
  private static final int EMPTY = 3;
  private static final int EXPONENT = 0x7fff;

  private final ByteBuffer area;

  FloatingArea(byte[] area) { this.area = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN); }

  void read(ByteBuffer out) {
    for (int i = 0; i < 8; i++) {
      out.put(area.array(), STACK + VECTOR_BYTES * i, STACK_BYTES);
    }
    out.putInt(area.getShort(0) & 0xffff).putInt(area.getShort(STATUS) & 0xffff).putInt(fullTags());
    out.putInt(area.getShort(INSTRUCTION_SEGMENT) & 0xffff).putInt(area.getInt(INSTRUCTION));
    out.putInt(area.getShort(OPERAND_SEGMENT) & 0xffff).putInt(area.getInt(OPERAND));
    out.putInt(area.getShort(OPCODE) & 0xffff);
    out.put(area.array(), VECTORS, 16 * VECTOR_BYTES).putInt(area.getInt(MXCSR));
  }

  void write(ByteBuffer in) {
    for (int i = 0; i < 8; i++) {
      in.get(area.array(), STACK + VECTOR_BYTES * i, STACK_BYTES);
    }
    area.putShort(0, (short) in.getInt()).putShort(STATUS, (short) in.getInt()).put(TAGS, abridged(in.getInt()));
    area.putShort(INSTRUCTION_SEGMENT, (short) in.getInt()).putInt(INSTRUCTION, in.getInt());
    area.putShort(OPERAND_SEGMENT, (short) in.getInt()).putInt(OPERAND, in.getInt());
    area.putShort(OPCODE, (short) in.getInt());
    in.get(area.array(), VECTORS, 16 * VECTOR_BYTES);
    area.putInt(MXCSR, in.getInt());
  }

  /** FXSAVE keeps a bit for each register; the processor, and GDB, have two: Intel SDM volume 1, 8.1.7. */
  private int fullTags() {
    int top = area.getShort(STATUS) >> 11 & 7;
    int tags = 0;
    for (int physical = 0; physical < 8; physical++) {
      boolean holds = (area.get(TAGS) >> physical & 1) != 0;
      int at = STACK + VECTOR_BYTES * (physical - top & 7);
      tags |= (holds ? kind(area.getLong(at), area.getShort(at + 8) & EXPONENT) : EMPTY) << 2 * physical;
    }
    return tags;
  }

  /** Valid, zero, or special. */
  private static int kind(long significand, int exponent) {
    if (exponent == 0 && significand == 0) {
      return 1;
    }
    return exponent == EXPONENT || exponent == 0 || significand >= 0 ? 2 : 0;
  }

  private static byte abridged(int tags) {
    int bits = 0;
    for (int i = 0; i < 8; i++) {
      bits |= (tags >> 2 * i & EMPTY) == EMPTY ? 0 : 1 << i;
    }
    return (byte) bits;
  }
}
