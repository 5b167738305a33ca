package org.ballastvm.kvm;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The x87 and SSE registers of a vCPU, as FXSAVE lays them out: Intel SDM volume 1, 10.5.1.
 *
 * @param controlWord of the x87
 * @param statusWord of the x87; bits 11 to 13 are the top of its stack
 * @param tags of the x87, abridged: a bit for each register that holds something
 * @param mxcsr control and status of SSE
 * @param stack the x87's registers, from {@code ST(0)} to {@code ST(7)}
 * @param vectors {@code XMM0} to {@code XMM15}
 */
public record FloatingPoint(int controlWord, int statusWord, int tags, int mxcsr, List<Wide> stack,
    List<Wide> vectors) {
  private static final long CONTROL_WORD = 0;
  private static final long STATUS_WORD = 2;
  private static final long TAGS = 4;
  private static final long MXCSR = 24;
  private static final long STACK = 32;
  private static final long VECTORS = 160;

  /**
   * 128 bits.
   *
   * @param low the lower 64; of an x87 register its significand
   * @param high the upper 64; of an x87 register its sign and exponent, in 16 of them
   */
  public record Wide(long low, long high) {}

  static FloatingPoint read(MemorySegment area) {
    return new FloatingPoint(Fields.get16(area, CONTROL_WORD) & 0xffff, Fields.get16(area, STATUS_WORD) & 0xffff,
        Fields.get8(area, TAGS) & 0xff, Fields.get32(area, MXCSR), wide(area, STACK, 8), wide(area, VECTORS, 16));
  }

  private static List<Wide> wide(MemorySegment area, long offset, int count) {
    return IntStream.range(0, count).mapToLong(i -> offset + i * 16L)
        .mapToObj(at -> new Wide(Fields.get64(area, at), Fields.get64(area, at + 8))).toList();
  }
}
