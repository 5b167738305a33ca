package org.ballastvm.vmm.monitor;

import java.lang.foreign.MemorySegment;
import org.ballastvm.virtio.queue.GuestMemory;

/** Memory in lines, an address before each. */
final class MemoryDump {
  /** What is dumped. */
  @FunctionalInterface
  interface Source {
    /**
     * Reads.
     *
     * @return false if not all of it is memory
     */
    boolean read(long address, byte[] into, int length);
  }

  private MemoryDump() {}

  /** Guest memory by its physical addresses. */
  static Source physical(GuestMemory memory) {
    return (address, into, length) -> {
      if (!memory.contains(address, length)) {
        return false;
      }
      memory.read(address, MemorySegment.ofArray(into), 0, length);
      return true;
    };
  }

  /**
   * Prints.
   *
   * @param format how
   * @param start the first address
   * @param source where; an address that is no memory ends the dump
   * @return the lines
   */
  static String of(DumpFormat format, long start, Source source) {
    StringBuilder text = new StringBuilder();
    byte[] bytes = new byte[format.sizeBytes()];
    for (int i = 0; i < format.count(); i++) {
      long address = start + (long) i * bytes.length;
      if (i % format.perLine() == 0) {
        text.append(i == 0 ? "" : "\n").append("%016x:".formatted(address));
      }
      if (!source.read(address, bytes, bytes.length)) {
        return text.append(" Cannot access memory\n").toString();
      }
      text.append(format.show(littleEndian(bytes)));
    }
    return text.append(format.count() == 0 ? "" : "\n").toString();
  }

  private static long littleEndian(byte[] bytes) {
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return value;
  }
}
