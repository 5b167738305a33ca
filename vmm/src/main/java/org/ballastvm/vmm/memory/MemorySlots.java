package org.ballastvm.vmm.memory;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.kvm.KvmVm;

/**
 * What of a guest's address space is memory: the slots that KVM is told of. They outlive the VM, which a reset replaces.
 * Changed on the event loop, or before it has started.
 */
final class MemorySlots {
  /** What every KVM has had room for since 2015; the VM says more. */
  private static final int LEAST_SLOTS = 509;

  private final Map<Integer, Slot> slots = new HashMap<>();
  private final BitSet numbers = new BitSet();
  private KvmVm vm;
  private int most = LEAST_SLOTS;

  private record Slot(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {}

  /** Tells a VM of all slots, and from now on of each change. */
  void attach(KvmVm fresh) {
    most = Math.max(LEAST_SLOTS, fresh.checkExtension(KvmCap.NR_MEMSLOTS));
    slots.forEach((number, slot) -> tell(fresh, number, slot));
    vm = fresh;
  }

  /** How many more there can be. */
  int free() { return most - slots.size(); }

  /**
   * Makes a range memory.
   *
   * @return its slot
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed
   */
  int add(long gpa, HostMapping mapping, long offsetBytes, long sizeBytes) {
    int number = numbers.nextClearBit(0);
    Slot slot = new Slot(gpa, mapping, offsetBytes, sizeBytes);
    if (vm != null) {
      tell(vm, number, slot);
    }
    numbers.set(number);
    slots.put(number, slot);
    return number;
  }

  /** Makes it nothing. */
  void remove(int number) {
    numbers.clear(number);
    slots.remove(number);
    if (vm != null) {
      vm.removeUserMemoryRegion(number);
    }
  }

  private static void tell(KvmVm vm, int number, Slot slot) {
    vm.setUserMemoryRegion(number, slot.gpa, slot.mapping, slot.offsetBytes, slot.sizeBytes);
  }
}
