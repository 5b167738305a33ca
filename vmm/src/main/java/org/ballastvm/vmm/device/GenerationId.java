package org.ballastvm.vmm.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.ballastvm.virtio.queue.GuestMemory;

/**
 * The number of a machine's generation: another one for each machine that goes on from the same state, so that a guest knows
 * that its random numbers are no longer its own. It stands in memory that the guest's map keeps from its use. Source:
 * Microsoft, "Virtual Machine Generation ID"; QEMU's docs/specs/vmgenid.
 */
public final class GenerationId {
  /** Where it stands: in a page of its own in the BIOS area, aligned to 8. */
  public static final long ADDRESS = 0xf_e000;

  private static final int BYTES = 16;

  private final GuestMemory ram;
  private final Runnable announce;
  private UUID id;

  /**
   * A generation, which is in the guest's memory from here on.
   *
   * @param ram the guest's memory
   * @param id its number
   * @param announce notifies the guest of another one
   */
  public GenerationId(GuestMemory ram, UUID id, Runnable announce) {
    this.ram = ram;
    this.id = id;
    this.announce = announce;
    write();
  }

  /** {@return its number; any thread} */
  public synchronized UUID id() { return id; }

  /**
   * Begins another generation, and notifies the guest.
   *
   * @param next its number
   */
  public void change(UUID next) {
    synchronized (this) {
      id = next;
      write();
    }
    announce.run();
  }

  /** Puts it into memory again, where the guest may have written over it. */
  public synchronized void write() {
    ram.write(ADDRESS, MemorySegment.ofArray(bytes(id)), 0, BYTES);
  }

  /** As a Windows GUID lies in memory: the first three fields are little-endian. */
  private static byte[] bytes(UUID id) {
    long high = id.getMostSignificantBits();
    return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt((int) (high >>> 32))
        .putShort((short) (high >>> 16)).putShort((short) high).order(ByteOrder.BIG_ENDIAN)
        .putLong(id.getLeastSignificantBits()).array();
  }
}
