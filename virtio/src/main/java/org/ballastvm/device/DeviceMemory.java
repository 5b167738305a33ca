package org.ballastvm.device;

import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/** The memory of a guest, as a device reaches it: checked at each access, and only while the guest lets it. */
public final class DeviceMemory {
  /** What is read or written at once, at most. */
  public static final int MOST_BYTES = 1 << 20;

  private final GuestMemory memory;
  private final BooleanSupplier mayReach;

  DeviceMemory(GuestMemory memory, BooleanSupplier mayReach) {
    this.memory = memory;
    this.mayReach = mayReach;
  }

  /**
   * Copies out of guest memory.
   *
   * @param gpa guest physical address; any value
   * @param lengthBytes 0 to {@link #MOST_BYTES}
   * @return what is there
   * @throws GuestError if not all of it is memory, it is too much, or the guest does not let the device reach memory
   */
  public byte[] read(long gpa, int lengthBytes) {
    check(gpa, lengthBytes);
    byte[] bytes = new byte[lengthBytes];
    memory.read(gpa, MemorySegment.ofArray(bytes), 0, lengthBytes);
    return bytes;
  }

  /**
   * Copies into guest memory.
   *
   * @param gpa guest physical address; any value
   * @param bytes what, up to {@link #MOST_BYTES}
   * @throws GuestError if not all of it is memory, it is too much, or the guest does not let the device reach memory
   */
  public void write(long gpa, byte[] bytes) {
    check(gpa, bytes.length);
    memory.write(gpa, MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private void check(long gpa, int lengthBytes) {
    if (!mayReach.getAsBoolean()) {
      throw new GuestError("the guest does not let the device reach memory: it is no bus master");
    }
    if (lengthBytes < 0 || lengthBytes > MOST_BYTES || !memory.contains(gpa, lengthBytes)) {
      throw new GuestError(lengthBytes + " bytes at 0x" + Long.toHexString(gpa) + " are not all memory, or more than "
          + MOST_BYTES);
    }
  }
}
