package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * State in a layout that is the kernel's or the processor's own, and that Ballast carries without looking inside. Two are
 * equal if their bytes are.
 */
public final class OpaqueState {
  private final byte[] bytes;

  /**
   * State as it was taken before.
   *
   * @param bytes all of it; a copy is kept
   */
  public OpaqueState(byte[] bytes) { this.bytes = bytes.clone(); }

  static OpaqueState read(MemorySegment memory) { return new OpaqueState(memory.toArray(JAVA_BYTE)); }

  void write(MemorySegment memory) { MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length); }

  /** {@return how many bytes it has} */
  public int sizeBytes() { return bytes.length; }

  /** {@return a copy of its bytes} */
  public byte[] toByteArray() { return bytes.clone(); }

  @Override
  public boolean equals(Object other) { return other instanceof OpaqueState that && Arrays.equals(bytes, that.bytes); }

  @Override
  public int hashCode() { return Arrays.hashCode(bytes); }

  @Override
  public String toString() { return bytes.length + " bytes, hash " + Integer.toHexString(hashCode()); }
}
