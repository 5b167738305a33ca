package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.mem.MemPlugger;
import org.ballastvm.vmm.loop.Turns;
import org.ballastvm.vmm.state.Log;

/**
 * Guest addresses that are memory only where something is plugged. Elsewhere the guest reads all ones, and the host spends
 * nothing.
 *
 * <p>
 * Memory slots follow what is plugged, but not at once. What is plugged is one more slot, so that plugging never touches
 * memory that is in use. KVM cannot change the size of a slot, and when one goes it forgets where all of the guest's memory
 * is, which the guest pays for with a fault for each page that it uses. So what is unplugged is hidden first: its slot
 * stays, and its memory can be used by nobody. Slots are brought in line, all in one step, when a guest comes to what is
 * hidden, when it is in many pieces, when slots are many, and when nothing is plugged any more.
 *
 * <p>
 * Changed on the event loop. Others may look meanwhile, and see what was plugged before or after; whoever looks into the
 * memory holds the lock of the slots from before it asks whether there is any.
 */
public final class PluggableRange implements MemPlugger, Place {
  /** From how many slots on neighbours are merged; so many cost no guest anything that could be measured. */
  static final int MANY_SLOTS = 128;
  /** In how many pieces hidden memory may be: each takes two more of the mappings that a process has 65,530 of. */
  static final int MOST_HIDDEN = 64;

  private final long base;
  private final MemoryBackend backend;
  private final Hiding hiding;
  private final MemorySlots slots;
  private final boolean prealloc;
  private final LeavingMemory leaving;
  /** All that is plugged is in one of them, and all else that is in them is hidden. */
  private final RangeSlots present;
  private volatile Runs plugged = Runs.NONE;
  private Runs hidden = Runs.NONE;
  private int mergeAbove = MANY_SLOTS;
  private int hideAtMost = MOST_HIDDEN;

  PluggableRange(long base, MemoryBackend backend, MemorySlots slots, VcpuHold hold, boolean prealloc) {
    this(base, backend, backend, slots, hold, prealloc);
  }

  PluggableRange(long base, MemoryBackend backend, Hiding hiding, MemorySlots slots, VcpuHold hold, boolean prealloc) {
    this.base = base;
    this.backend = backend;
    this.hiding = hiding;
    this.slots = slots;
    this.prealloc = prealloc;
    this.leaving = new LeavingMemory(backend);
    this.present = new RangeSlots(base, backend, slots, hold);
    slots.reserve(MemorySlots.furtherOf(sizeBytes()));
  }

  @Override
  public long base() { return base; }

  /** {@return how many addresses it has} */
  public long sizeBytes() { return backend.config().sizeBytes(); }

  @Override
  public MemoryBackend backend() { return backend; }

  /**
   * Has memory that takes long to give back given back in turns; without, it goes at once.
   *
   * @param turns on the event loop
   * @param refused is given what the host refuses once the guest has been answered
   */
  public void takeTurns(Turns turns, Consumer<HostError> refused) { leaving.takeTurns(turns, refused); }

  @Override
  public boolean isGivingBack() { return !leaving.isEmpty(); }

  /**
   * Runs a task when all that was unplugged is back with the host.
   *
   * @param task what; at once if nothing is on its way
   */
  public void whenGivenBack(Runnable task) { leaving.whenGone(task); }

  /** {@return how many memory slots it takes now} */
  public int slotCount() { return present.count(); }

  @Override
  public void plug(long gpa, long lengthBytes) {
    assert slots.ownsCaller();
    long end = gpa + lengthBytes;
    Runs stillHidden = hidden.without(gpa, end);
    if (slots.free() < present.gaps(gpa, end) + stillHidden.count() - hidden.count()) {
      follow("plugged", gpa, lengthBytes);
      stillHidden = hidden;
      requireSlot("plugged", gpa);
    }
    try {
      leaving.finish(gpa - base, end - base);
      showHidden(gpa, end);
      if (prealloc) {
        backend.populate(gpa - base, lengthBytes);
      }
      present.fillGaps(gpa, end);
    } catch (HostError e) {
      follow("plugged", gpa, lengthBytes);
      backend.discard(gpa - base, lengthBytes);
      throw refused("plugged", gpa, lengthBytes, e);
    }
    nowHidden(stillHidden);
    plugged = plugged.with(gpa, end);
    tidy();
  }

  /** Has fewer slots and fewer pieces of hidden memory. A host that has no room to change them keeps them as they are. */
  private void tidy() {
    if (present.count() <= mergeAbove && hidden.count() <= hideAtMost) {
      return;
    }
    try {
      follow();
    } catch (HostError e) {
      mergeAbove = 2 * Math.max(mergeAbove, present.count());
      hideAtMost = 2 * Math.max(hideAtMost, hidden.count());
      Log.of(PluggableRange.class).warn("memory slots at 0x{} could not be merged, and stay as they are: {}",
          Long.toHexString(base), e.getMessage());
    }
  }

  @Override
  public void unplug(long gpa, long lengthBytes) {
    assert slots.ownsCaller();
    long end = gpa + lengthBytes;
    Runs before = plugged;
    Runs left = before.without(gpa, end);
    Runs nextHidden = hidden;
    for (long at = before.next(gpa, end); at < end; at = before.next(before.endAt(at), end)) {
      nextHidden = nextHidden.with(at, Math.min(end, before.endAt(at)));
    }
    boolean cut = left.count() == 0;
    if (!cut && slots.free() < nextHidden.count() - hidden.count()) {
      follow("unplugged", gpa, lengthBytes);
      requireSlot("unplugged", gpa);
      cut = true;
    }
    if (cut || !hide(left, gpa, end)) {
      publish(left);
      try {
        follow();
      } catch (HostError e) {
        publish(before);
        showPlugged(gpa, end);
        throw refused("unplugged", gpa, lengthBytes, e);
      }
      hiding.show(gpa - base, lengthBytes); // What of it was hidden before the host had no more mappings.
    } else {
      nowHidden(nextHidden);
    }
    backend.release(gpa - base, lengthBytes);
    for (long at = before.next(gpa, end); at < end; at = before.next(before.endAt(at), end)) {
      leaving.add(at - base, Math.min(end, before.endAt(at)) - base);
    }
    try {
      leaving.go();
    } catch (HostError e) {
      leaving.remove(gpa - base, end - base);
      publish(before);
      follow("plugged again", gpa, lengthBytes);
      throw refused("given back to the host", gpa, lengthBytes, e);
    }
    tidy();
  }

  /**
   * Takes a range out of everybody's reach and leaves its slots. False: the host does not, for it has too many mappings
   * of this process; some of it may be hidden, and the slots are to be cut instead. What was hidden before stays so: its
   * slots are there still, and what a guest put into it would be given back by nobody.
   */
  private boolean hide(Runs left, long gpa, long end) {
    if (!backend.canDiscardHidden()) {
      return false;
    }
    Runs before = plugged;
    synchronized (slots) {
      plugged = left;
      slots.changed();
      try {
        for (long at = before.next(gpa, end); at < end; at = before.next(before.endAt(at), end)) {
          hiding.hide(at - base, Math.min(end, before.endAt(at)) - at);
        }
        return true;
      } catch (HostError e) {
        return false;
      }
    }
  }

  private void showHidden(long gpa, long end) {
    for (long at = hidden.next(gpa, end); at < end; at = hidden.next(hidden.endAt(at), end)) {
      slots.changed();
      hiding.show(at - base, Math.min(end, hidden.endAt(at)) - at);
    }
  }

  /** Each hidden piece may need one more slot when slots are brought in line, which must not fail then. */
  private void nowHidden(Runs next) {
    slots.reserve(next.count() - hidden.count());
    hidden = next;
  }

  private void publish(Runs next) {
    synchronized (slots) {
      plugged = next;
    }
  }

  private void requireSlot(String what, long gpa) {
    if (slots.free() <= 0) {
      throw new PlugRefused("guest memory at 0x" + Long.toHexString(gpa) + " could not be " + what
          + ": this host's KVM has no memory slot left for it", null);
    }
  }

  /** Brings slots in line if something is hidden that a guest might have come to. */
  void followIfHidden() {
    if (hidden.count() > 0) {
      follow();
    }
  }

  /** As below; what the host refuses is reported as the end of what was asked. */
  private void follow(String what, long gpa, long lengthBytes) {
    try {
      follow();
    } catch (HostError e) {
      throw refused(what, gpa, lengthBytes, e);
    }
  }

  /**
   * Brings slots in line: one for each run of what is plugged, nothing hidden.
   *
   * @throws HostError if the host refuses; the slots of what is plugged are as before, and all that was hidden is
   */
  private void follow() {
    assert slots.ownsCaller();
    try {
      present.become(plugged);
    } catch (HostError e) {
      hideAgain();
      throw e;
    }
    showHidden(0, Long.MAX_VALUE); // Nobody can come there any more.
    nowHidden(Runs.NONE);
    mergeAbove = Math.max(MANY_SLOTS, 2 * present.count());
    hideAtMost = MOST_HIDDEN;
  }

  /** Hides what a plug that failed has shown. */
  private void hideAgain() {
    synchronized (slots) {
      for (int i = 0; i < hidden.count(); i++) {
        hiding.hide(hidden.start(i) - base, hidden.end(i) - hidden.start(i));
      }
    }
  }

  /** Shows what of a range is plugged. */
  private void showPlugged(long gpa, long end) {
    for (long at = plugged.next(gpa, end); at < end; at = plugged.next(plugged.endAt(at), end)) {
      hiding.show(at - base, Math.min(end, plugged.endAt(at)) - at);
    }
  }

  private static PlugRefused refused(String what, long gpa, long lengthBytes, HostError e) {
    return new PlugRefused("guest memory at 0x" + Long.toHexString(gpa) + ", " + lengthBytes
        + " bytes, could not be " + what + ": " + e.getMessage(), e);
  }

  /** What is plugged, in the order of addresses. */
  Stream<PhysicalRange> plugged() {
    Runs now = plugged;
    return IntStream.range(0, now.count()).mapToObj(i -> new PhysicalRange(now.start(i), now.end(i) - now.start(i)));
  }

  /**
   * Where what is plugged at an address ends. Allocates nothing.
   *
   * @return the address behind it; -1 if nothing is plugged there
   */
  long pluggedEnd(long gpa) { return plugged.endAt(gpa); }

  /**
   * What is where in it, for whoever draws it.
   *
   * @param runBytes how long a run is
   * @param looks at how much of a run is looked whether it is resident, in bytes
   * @return runs in the order of addresses
   */
  public List<MemoryRun> runs(long runBytes, long looks) {
    List<MemoryRun> all = new ArrayList<>();
    for (long at = 0; at < sizeBytes(); at += runBytes) {
      long length = Math.min(runBytes, sizeBytes() - at);
      all.add(MemoryRun.of(backend, base + at, at, length, pluggedBytes(base + at, length), looks));
    }
    return all;
  }

  /** How much of a range is plugged, in bytes. */
  long pluggedBytes(long gpa, long lengthBytes) {
    return plugged.bytes(gpa, gpa + lengthBytes);
  }

  boolean covers(long gpa) { return gpa >= base && gpa - base < sizeBytes(); }

  @Override
  public long end() { return base + sizeBytes(); }

  @Override
  public long offsetInBackend(long gpa) { return gpa - base; }

  /**
   * Takes all that is plugged away, and keeps what is in the memory. What a balloon held of it is held no more: the guest
   * that it is plugged into next knows nothing of that.
   */
  void close() {
    publish(Runs.NONE);
    follow();
    slots.reserve(-MemorySlots.furtherOf(sizeBytes()));
    backend.releaseAll();
  }
}
