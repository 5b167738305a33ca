package org.ballastvm.vmm.memory;

import java.util.TreeMap;
import java.util.function.Predicate;
import org.ballastvm.kvm.DirtyLog;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;

/** KVM's memory slots without KVM: refuses what KVM refuses, and what a test wants. Guests of it write nothing. */
final class FakeSlots implements SlotHost {
  /** KVM_MEM_MAX_NR_PAGES, linux/kvm_host.h. */
  private static final long MOST_PAGES = (1L << 31) - 1;

  private final TreeMap<Integer, Slot> slots = new TreeMap<>();
  private Predicate<Slot> refused = slot -> false;
  private Runnable removed = () -> {};

  /** From now on refuses such slots. */
  void refuse(Predicate<Slot> such) { refused = such; }

  /** From now on runs something when a slot goes. */
  void whenRemoved(Runnable task) { removed = task; }

  /** How much of a range is memory. */
  long bytes(long gpa, long lengthBytes) {
    return slots.values().stream()
        .mapToLong(slot -> Math.max(0, Math.min(slot.end(), gpa + lengthBytes) - Math.max(slot.gpa(), gpa))).sum();
  }

  int count() { return slots.size(); }

  @Override
  public int most() { return 32_764; }

  @Override
  public void set(int number, Slot slot) {
    if (slot.sizeBytes() >>> 12 > MOST_PAGES) {
      throw new HostError("slot " + number + " of " + slot.sizeBytes() + " bytes", Errno.EINVAL);
    }
    if (bytes(slot.gpa(), slot.sizeBytes()) > 0) {
      throw new HostError("slot " + number + " over another", Errno.EEXIST);
    }
    if (refused.test(slot)) {
      throw new HostError("slot " + number, Errno.ENOMEM);
    }
    slots.put(number, slot);
  }

  @Override
  public void remove(int number) {
    slots.remove(number);
    removed.run();
  }

  @Override
  public void keepDirtyLogs() {}

  @Override
  public void logDirtyPages(int number, Slot slot, boolean on) {
    if (!slot.equals(slots.get(number))) {
      throw new HostError("slot " + number + " is another", Errno.EINVAL);
    }
  }

  @Override
  public void getDirtyLog(int number, DirtyLog log) {
    if (refused.test(slots.get(number))) {
      throw new HostError("KVM_GET_DIRTY_LOG", Errno.ENOMEM);
    }
  }
}
