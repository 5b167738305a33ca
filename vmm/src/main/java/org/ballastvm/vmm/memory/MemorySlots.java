package org.ballastvm.vmm.memory;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.vmm.memory.SlotHost.Slot;
import org.ballastvm.vmm.trace.MemoryTrace;

/**
 * What of a guest's address space is memory: the slots that KVM is given. They outlive the VM, which a reset replaces.
 * Changed on the event loop, or before it has started.
 *
 * <p>
 * Its lock keeps changes apart from whoever gives unwritten memory back, on whatever thread. Whoever wants both it and the
 * vCPUs out of the guest gets the vCPUs out first.
 */
final class MemorySlots {
  /**
   * The most that is put into one slot. KVM takes fewer than 2^31 pages, 8 TiB (KVM_MEM_MAX_NR_PAGES in linux/kvm_host.h);
   * what is longer is cut into several.
   */
  static final long MOST_SLOT_BYTES = 4L << 40;

  /** What every KVM has had room for since 2015; the VM says more. */
  private static final int LEAST_SLOTS = 509;
  private static final int[] NONE = {};

  private final Map<Integer, Slot> slots = new HashMap<>();
  /** Where memory is cut: the numbers of the further slots, by that of the first. */
  private final Map<Integer, int[]> further = new HashMap<>();
  private final BitSet numbers = new BitSet();
  private final WriteWatch watch = new WriteWatch(this);
  private BooleanSupplier owner = () -> true;
  private SlotHost host;
  private int most = LEAST_SLOTS;
  private int furtherCount;
  private int reserved;
  private long changes;

  /** @param isOwner whether the caller may change what is memory; asked where assertions are on */
  void belongTo(BooleanSupplier isOwner) {
    owner = isOwner;
  }

  /** {@return whether the caller may change what is memory} */
  boolean ownsCaller() { return owner.getAsBoolean(); }

  /** Gives a VM all slots, and from now on each change. */
  synchronized void attach(SlotHost fresh) {
    assert ownsCaller();
    watch.vmReplaced();
    most = Math.max(LEAST_SLOTS, fresh.most());
    slots.forEach((number, slot) -> set(fresh, number, slot));
    host = fresh;
  }

  /** How many more there can be, without those that are promised. Below zero if more are promised than there are. */
  synchronized int free() {
    return most - (slots.size() - furtherCount) - reserved;
  }

  /** Promises some, or with a number below zero takes promises back. */
  synchronized void reserve(int count) {
    reserved += count;
  }

  /** How many slots a memory may need beyond one for each of its parts, whatever parts those are. */
  static int furtherOf(long sizeBytes) {
    return (int) (sizeBytes / MOST_SLOT_BYTES);
  }

  /** Notes a change of what vCPUs can reach. */
  synchronized void changed() { changes++; }

  /** {@return how often that has changed} */
  synchronized long changes() { return changes; }

  /**
   * Makes a range memory. Where that takes more than one slot, the {@link #furtherOf further ones} have been promised.
   *
   * @return the number of its slot, or of the first
   * @throws HostError if the host refuses; nothing has changed
   */
  synchronized int add(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {
    assert ownsCaller();
    int[] made = new int[Math.toIntExact(Math.ceilDiv(sizeBytes, MOST_SLOT_BYTES))];
    for (int i = 0; i < made.length; i++) {
      long done = i * MOST_SLOT_BYTES;
      try {
        made[i] = addOne(
            new Slot(gpa + done, mapping, offsetBytes + done, Math.min(MOST_SLOT_BYTES, sizeBytes - done)));
      } catch (HostError e) {
        Arrays.stream(made, 0, i).forEach(this::removeOne);
        throw e;
      }
    }
    if (made.length > 1) {
      further.put(made[0], Arrays.copyOfRange(made, 1, made.length));
      furtherCount += made.length - 1;
    }
    return made[0];
  }

  private int addOne(Slot slot) {
    int number = numbers.nextClearBit(0);
    if (host != null) {
      set(host, number, slot);
    }
    changes++;
    numbers.set(number);
    slots.put(number, slot);
    return number;
  }

  /** Makes it nothing. */
  synchronized void remove(int number) {
    assert ownsCaller();
    removeOne(number);
    int[] rest = further.getOrDefault(number, NONE);
    if (rest.length > 0) {
      further.remove(number);
      furtherCount -= rest.length;
      for (int one : rest) {
        removeOne(one);
      }
    }
  }

  private void removeOne(int number) {
    changes++;
    numbers.clear(number);
    watch.forget(number, slots.remove(number));
    if (host != null) {
      host.remove(number);
      MemoryTrace.slotRemoved(number);
    }
  }

  /** {@return who knows what was written to; to be used under the lock of this} */
  WriteWatch watch() { return watch; }

  /**
   * Notes from now on what is written.
   *
   * @throws HostError if the host refuses; nothing is noted then
   */
  synchronized void beginWatch(WriteWatch.User user) { watch.begin(user, host, slots); }

  private static void set(SlotHost host, int number, Slot slot) {
    host.set(number, slot);
    MemoryTrace.slotAdded(number, slot.gpa(), slot.sizeBytes());
  }
}
