package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.config.UserError;

/**
 * Which pages of a guest's memory were written to between two moments, for a user who asks: by its processors, which KVM notes,
 * and by this process for its devices. While it is on, the host maps the guest's memory by pages of 4 KiB, and the first write to
 * each costs the guest a fault. A reset of the machine ends it.
 */
public final class WriteLog {
  private static final WriteWatch.User USER = WriteWatch.User.MONITOR;

  private final GuestRam ram;
  private final MemorySlots slots;

  /**
   * That of a memory; several of the same are one.
   *
   * @param ram the memory
   */
  public WriteLog(GuestRam ram) {
    this.ram = ram;
    this.slots = ram.slots();
  }

  /**
   * Notes from now on what is written, and forgets what was noted.
   *
   * @throws UserError if that cannot be: another watches, or a device's memory is written to by another process
   * @throws HostError if the host refuses; nothing is noted then
   */
  public void begin() {
    synchronized (slots) {
      if (ram.table().isShared()) {
        throw new UserError(
            "writes cannot be noted: the machine has a device with vhost, which writes to memory without"
                + " our seeing it");
      }
      slots.watch().obstacle(USER).ifPresent(why -> {
        throw new UserError("writes cannot be noted: " + why);
      });
      slots.beginWatch(USER);
    }
  }

  /** Notes no more. Harmless if nothing is noted. */
  public void end() {
    synchronized (slots) {
      slots.watch().end(USER);
    }
  }

  /** {@return whether it is noted what is written} */
  public boolean isOn() {
    synchronized (slots) {
      return slots.watch().isOn(USER);
    }
  }

  /**
   * What was written since it began. On the event loop, with no vCPU in the guest.
   *
   * @param gpa guest physical address; the page that it is in counts
   * @param lengthBytes from there on, above zero; what of it is no memory is passed over
   * @param most how many ranges to name
   * @return the first of them, in the order of addresses
   * @throws UserError if nothing is noted
   * @throws HostError if the host does not say what it noted
   */
  public List<WrittenRange> written(long gpa, long lengthBytes, int most) {
    List<WrittenRange> found = new ArrayList<>();
    synchronized (slots) {
      if (!isOn()) {
        throw new UserError(
            "writes are not noted: watch_pages on begins that; a reset, or a device with vhost, ends it");
      }
      slots.watch().look();
      for (PhysicalRange range : ram.ranges()) {
        long from = Math.max(gpa & -PageSize.BYTES, range.base());
        long to = Math.min(end(gpa, lengthBytes), range.end());
        if (from < to) {
          slots.watch().forEachWritten(from, to, written -> {
            if (found.size() < most) {
              found.add(written);
            }
            return found.size() < most;
          });
        }
      }
    }
    return found;
  }

  private static long end(long gpa, long lengthBytes) {
    return lengthBytes > Long.MAX_VALUE - PageSize.BYTES - gpa
        ? Long.MAX_VALUE & -PageSize.BYTES
        : gpa + lengthBytes + PageSize.BYTES - 1 & -PageSize.BYTES;
  }
}
