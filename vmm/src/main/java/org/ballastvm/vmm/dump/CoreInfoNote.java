package org.ballastvm.vmm.dump;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.device.CoreInfo;

/** The note that a guest's kernel has left by the vmcoreinfo device: where its tables are, for tools. */
public final class CoreInfoNote {
  private static final byte[] NONE = {};
  private static final int ELF = 1;
  private static final int HEADER_BYTES = 12;
  private static final long MOST_BYTES = 1 << 20;

  private CoreInfoNote() {}

  /**
   * Reads it.
   *
   * @param memory the guest's
   * @param where what the guest wrote to the device; any numbers
   * @return a whole note; empty where there is none, or not one
   */
  public static byte[] read(GuestMemory memory, CoreInfo.Note where) {
    long size = where.sizeBytes();
    if (where.guestFormat() != ELF || size < HEADER_BYTES || size > MOST_BYTES
        || !memory.contains(where.address(), size)) {
      return NONE;
    }
    byte[] bytes = new byte[(int) size];
    memory.read(where.address(), MemorySegment.ofArray(bytes), 0, size);
    ByteBuffer note = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long whole = HEADER_BYTES + padded(note.getInt(0)) + padded(note.getInt(4));
    return whole <= size ? Arrays.copyOf(bytes, (int) whole) : NONE;
  }

  private static long padded(int bytes) { return Integer.toUnsignedLong(bytes) + 3 & -4L; }
}
