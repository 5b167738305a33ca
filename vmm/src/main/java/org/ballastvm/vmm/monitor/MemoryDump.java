package org.ballastvm.vmm.monitor;

import org.ballastvm.virtio.GuestMemory;

/** Memory in lines, an address before each. */
final class MemoryDump {
  private MemoryDump() {}

  /**
   * Prints.
   *
   * @param format how
   * @param start the first address
   * @param memory where; addresses that are not memory end the dump
   * @return the lines
   */
  static String of(DumpFormat format, long start, GuestMemory memory) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.count(); i++) {
      long address = start + (long) i * format.sizeBytes();
      if (i % format.perLine() == 0) {
        text.append(i == 0 ? "" : "\n").append(String.format("%016x:", address));
      }
      if (!memory.contains(address, format.sizeBytes())) {
        return text.append(" Cannot access memory\n").toString();
      }
      text.append(format.show(read(memory, address, format.sizeBytes())));
    }
    return text.append(format.count() == 0 ? "" : "\n").toString();
  }

  private static long read(GuestMemory memory, long address, int sizeBytes) {
    return switch (sizeBytes) {
      case Byte.BYTES -> memory.getByte(address);
      case Short.BYTES -> memory.getShort(address);
      case Integer.BYTES -> Integer.toUnsignedLong(memory.getInt(address));
      default -> memory.getLong(address);
    };
  }
}
