package org.ballastvm.vmm.memory;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.vmm.trace.MemoryTrace;

/**
 * What of a guest's address space is memory: the slots that KVM is told of. They outlive the VM, which a reset replaces.
 * Changed on the event loop, or before it has started.
 *
 * <p>
 * Its lock keeps changes apart from whoever gives unwritten memory back, on whatever thread. Whoever wants both it and the
 * vCPUs out of the guest gets the vCPUs out first.
 */
final class MemorySlots {
  /** What every KVM has had room for since 2015; the VM says more. */
  private static final int LEAST_SLOTS = 509;

  private final Map<Integer, Slot> slots = new HashMap<>();
  private final BitSet numbers = new BitSet();
  private final WriteWatch watch = new WriteWatch(this);
  private BooleanSupplier owner = () -> true;
  private KvmVm vm;
  private int most = LEAST_SLOTS;
  private int reserved;
  private long changes;

  /** A range of guest memory, and where in this process it is. */
  record Slot(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {}

  /** @param isOwner whether the caller may change what is memory; asked where assertions are on */
  void belongTo(BooleanSupplier isOwner) {
    owner = isOwner;
  }

  /** {@return whether the caller may change what is memory} */
  boolean ownsCaller() { return owner.getAsBoolean(); }

  /** Tells a VM of all slots, and from now on of each change. */
  synchronized void attach(KvmVm fresh) {
    assert ownsCaller();
    watch.vmReplaced();
    most = Math.max(LEAST_SLOTS, fresh.checkExtension(KvmCap.NR_MEMSLOTS));
    slots.forEach((number, slot) -> tell(fresh, number, slot));
    vm = fresh;
  }

  /** How many more there can be, without those that are promised. */
  synchronized int free() {
    return most - slots.size() - reserved;
  }

  /** Promises some, or with a number below zero takes promises back. */
  synchronized void reserve(int count) {
    reserved += count;
  }

  /** Notes a change of what vCPUs can reach. */
  synchronized void changed() { changes++; }

  /** {@return how often that has changed} */
  synchronized long changes() { return changes; }

  /**
   * Makes a range memory.
   *
   * @return its slot
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed
   */
  synchronized int add(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {
    assert ownsCaller();
    int number = numbers.nextClearBit(0);
    Slot slot = new Slot(gpa, mapping, offsetBytes, sizeBytes);
    if (vm != null) {
      tell(vm, number, slot);
    }
    changes++;
    numbers.set(number);
    slots.put(number, slot);
    return number;
  }

  /** Makes it nothing. */
  synchronized void remove(int number) {
    assert ownsCaller();
    changes++;
    numbers.clear(number);
    watch.forget(number, slots.remove(number));
    if (vm != null) {
      vm.removeUserMemoryRegion(number);
      MemoryTrace.slotRemoved(number);
    }
  }

  /** {@return who knows what was written to; to be used under the lock of this} */
  WriteWatch watch() { return watch; }

  /**
   * Notes from now on what is written.
   *
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is noted then
   */
  synchronized void beginWatch() { watch.begin(vm, slots); }

  private static void tell(KvmVm vm, int number, Slot slot) {
    vm.setUserMemoryRegion(number, slot.gpa, slot.mapping, slot.offsetBytes, slot.sizeBytes);
    MemoryTrace.slotAdded(number, slot.gpa, slot.sizeBytes);
  }
}
