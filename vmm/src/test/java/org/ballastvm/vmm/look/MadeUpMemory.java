package org.ballastvm.vmm.look;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory of one piece at an address of the kernel's; what is around it is not mapped. */
final class MadeUpMemory {
  static final long START = 0xffff_ffff_8100_0000L;

  final ByteBuffer bytes;

  MadeUpMemory(int sizeBytes) { bytes = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN); }

  long end() { return START + bytes.capacity(); }

  KernelMemory memory() {
    return new KernelMemory((address, into, length) -> {
      long offset = address - START;
      if (offset < 0 || offset + length > bytes.capacity()) {
        return false;
      }
      bytes.get((int) offset, into, 0, length);
      return true;
    });
  }

  KernelImage image() { return new KernelImage(START, end()); }

  /** Goes to where the next of that alignment is; its address. */
  long align(int alignment) {
    bytes.position(bytes.position() + alignment - 1 & -alignment);
    return START + bytes.position();
  }
}
