package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.kvm.HostError;

/**
 * The memory slots of a {@link PluggableRange}, by address; they may touch. Changed on the event loop, counted by anyone.
 */
final class RangeSlots {
  private final long base;
  private final MemoryBackend backend;
  private final MemorySlots slots;
  private final VcpuHold hold;
  private final TreeMap<Long, Slot> present = new TreeMap<>();
  private volatile int count;

  /** Where a slot ends, and its number. */
  private record Slot(long end, int number) {}

  /**
   * There are none.
   *
   * @param base the guest physical address at which the backend's memory begins
   */
  RangeSlots(long base, MemoryBackend backend, MemorySlots slots, VcpuHold hold) {
    this.base = base;
    this.backend = backend;
    this.slots = slots;
    this.hold = hold;
  }

  int count() { return count; }

  /** How many parts of a range have no slot. */
  int gaps(long gpa, long end) {
    int gaps = 0;
    for (long at = gapFrom(gpa, end); at < end; at = gapFrom(gapEnd(at, end), end)) {
      gaps++;
    }
    return gaps;
  }

  /**
   * Gives each part of a range that has no slot one.
   *
   * @throws HostError if the host refuses; some parts may have theirs
   */
  void fillGaps(long gpa, long end) {
    for (long at = gapFrom(gpa, end); at < end; at = gapFrom(gpa, end)) {
      add(at, gapEnd(at, end));
    }
  }

  /** The first address from one on that no slot has, or the limit. */
  private long gapFrom(long gpa, long limit) {
    long at = gpa;
    Map.Entry<Long, Slot> slot = present.floorEntry(at);
    while (slot != null && slot.getValue().end > at && at < limit) {
      at = slot.getValue().end;
      slot = present.floorEntry(at);
    }
    return Math.min(at, limit);
  }

  private long gapEnd(long gap, long limit) {
    Long next = present.higherKey(gap);
    return next == null ? limit : Math.min(next, limit);
  }

  /**
   * Has one slot for each run, and no other. While a slot goes that has a part of a run, no vCPU runs.
   *
   * @throws HostError if the host refuses; all that is in a run is in a slot as before
   */
  void become(Runs wanted) {
    boolean inUse = false;
    List<Long> wrong = new ArrayList<>();
    for (Map.Entry<Long, Slot> slot : present.entrySet()) {
      long start = slot.getKey();
      if (!wanted.isRun(start, slot.getValue().end)) {
        wrong.add(start);
        inUse |= wanted.bytes(start, slot.getValue().end) > 0;
      }
    }
    if (inUse) {
      hold.whileOut(() -> replace(wrong, wanted));
    } else {
      replace(wrong, wanted);
    }
  }

  private void replace(List<Long> wrong, Runs wanted) {
    TreeMap<Long, Slot> before = new TreeMap<>();
    wrong.forEach(start -> before.put(start, remove(start)));
    List<Long> added = new ArrayList<>();
    try {
      for (int i = 0; i < wanted.count(); i++) {
        if (!present.containsKey(wanted.start(i))) {
          add(wanted.start(i), wanted.end(i));
          added.add(wanted.start(i));
        }
      }
    } catch (HostError e) {
      added.forEach(this::remove);
      before.forEach((start, slot) -> {
        if (wanted.bytes(start, slot.end) > 0) {
          add(start, slot.end); // There was room for it a moment ago.
        }
      });
      throw e;
    } finally {
      count = present.size();
    }
  }

  private void add(long gpa, long end) {
    present.put(gpa, new Slot(end, slots.add(gpa, backend.mapping(), gpa - base, end - gpa)));
    count = present.size();
  }

  private Slot remove(long gpa) {
    Slot slot = present.remove(gpa);
    slots.remove(slot.number);
    return slot;
  }
}
