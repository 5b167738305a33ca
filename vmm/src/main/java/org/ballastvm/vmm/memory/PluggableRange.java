package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.virtio.MemPlugger;

/**
 * Guest addresses that are memory only where something is plugged. Elsewhere there is no memory slot: the guest reads all
 * ones, and the host spends nothing.
 *
 * <p>
 * What is plugged at once is one slot, so plugging never touches memory that is in use. KVM cannot change the size of a
 * slot: to take a part of one away, or to merge neighbours when they become many, it is replaced while no vCPU runs.
 *
 * <p>
 * Changed on the event loop. Others may look meanwhile, and see what was plugged before or after.
 */
public final class PluggableRange implements MemPlugger, Place {
  /** From how many slots on neighbours are merged; so many cost no guest anything that could be measured. */
  static final int MANY_RUNS = 128;

  private static final int CHUNK_SHIFT = 30;
  private static final long CHUNK_MASK = HostMapping.CHUNK_BYTES - 1;

  private final long base;
  private final MemoryBackend backend;
  private final MemorySlots slots;
  private final VcpuHold hold;
  private final boolean prealloc;
  /** By address; neighbours may touch. Replaced whole. */
  private volatile Run[] runs = {};
  private int mergeAbove = MANY_RUNS;

  /** A plugged range, which is one slot. */
  private record Run(long gpa, long end, int slot) {}

  PluggableRange(long base, MemoryBackend backend, MemorySlots slots, VcpuHold hold, boolean prealloc) {
    this.base = base;
    this.backend = backend;
    this.slots = slots;
    this.hold = hold;
    this.prealloc = prealloc;
  }

  /** {@return its first guest physical address} */
  public long base() { return base; }

  /** {@return how many addresses it has} */
  public long sizeBytes() { return backend.config().sizeBytes(); }

  @Override
  public MemoryBackend backend() { return backend; }

  /** {@return how many memory slots it takes now} */
  public int slotCount() { return runs.length; }

  @Override
  public void plug(long gpa, long lengthBytes) {
    try {
      if (prealloc) {
        backend.populate(gpa - base, lengthBytes);
      }
      if (slots.free() == 0) {
        merge();
        requireSlot("plugged", gpa);
      }
      List<Run> next = new ArrayList<>(List.of(runs));
      next.add(before(gpa), add(gpa, gpa + lengthBytes));
      runs = next.toArray(Run[]::new);
    } catch (HostError e) {
      throw refused("plugged", gpa, lengthBytes, e);
    }
    if (runs.length > mergeAbove) {
      merge();
    }
  }

  @Override
  public void unplug(long gpa, long lengthBytes) {
    long end = gpa + lengthBytes;
    List<Run> hit = of(run -> run.end > gpa && run.gpa < end);
    takeAway(hit, gpa, end);
    backend.release(gpa - base, lengthBytes);
    try {
      backend.discard(gpa - base, lengthBytes);
    } catch (HostError e) {
      List<Run> next = new ArrayList<>(List.of(runs));
      hit.forEach(run -> next.add(add(Math.max(run.gpa, gpa), Math.min(run.end, end))));
      publish(next);
      throw refused("given back to the host", gpa, lengthBytes, e);
    }
  }

  /** Takes a range out of the guest's reach, and leaves what else its slots hold. */
  private void takeAway(List<Run> hit, long gpa, long end) {
    List<Run> next = of(run -> !hit.contains(run));
    if (hit.stream().allMatch(run -> run.gpa >= gpa && run.end <= end)) {
      hit.forEach(run -> slots.remove(run.slot));
    } else {
      requireSlot("unplugged", gpa);
      hold.whileOut(() -> {
        for (Run run : hit) {
          slots.remove(run.slot);
          if (run.gpa < gpa) {
            next.add(add(run.gpa, gpa));
          }
          if (run.end > end) {
            next.add(add(end, run.end));
          }
        }
      });
    }
    publish(next);
  }

  private void requireSlot(String what, long gpa) {
    if (slots.free() == 0) {
      throw new PlugRefused("guest memory at 0x" + Long.toHexString(gpa) + " could not be " + what
          + ": this host's KVM has no memory slot left for it", null);
    }
  }

  /** Makes one slot of neighbours that touch; next time when there are twice as many as are left. */
  private void merge() {
    List<Run> next = new ArrayList<>();
    hold.whileOut(() -> {
      Run[] now = runs;
      for (int i = 0; i < now.length;) {
        int last = i;
        while (last + 1 < now.length && now[last + 1].gpa == now[last].end) {
          last++;
        }
        if (last == i) {
          next.add(now[i]);
        } else {
          for (int each = i; each <= last; each++) {
            slots.remove(now[each].slot);
          }
          next.add(add(now[i].gpa, now[last].end));
        }
        i = last + 1;
      }
    });
    publish(next);
    mergeAbove = Math.max(MANY_RUNS, 2 * next.size());
  }

  private Run add(long gpa, long end) {
    return new Run(gpa, end, slots.add(gpa, backend.mapping(), gpa - base, end - gpa));
  }

  private List<Run> of(Predicate<Run> wanted) {
    return new ArrayList<>(List.of(runs).stream().filter(wanted).toList());
  }

  private void publish(List<Run> next) {
    runs = next.stream().sorted((a, b) -> Long.compare(a.gpa, b.gpa)).toArray(Run[]::new);
  }

  private static PlugRefused refused(String what, long gpa, long lengthBytes, HostError e) {
    return new PlugRefused("guest memory at 0x" + Long.toHexString(gpa) + ", " + lengthBytes
        + " bytes, could not be " + what + ": " + e.getMessage(), e);
  }

  /** How many runs begin at or before an address. */
  private int before(long gpa) {
    Run[] now = runs;
    int low = 0;
    int high = now.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (now[middle].gpa <= gpa) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Where what is plugged at an address ends, or at least the next slot. Allocates nothing.
   *
   * @return the address behind it; -1 if nothing is plugged there
   */
  long pluggedEnd(long gpa) {
    Run[] now = runs;
    int low = 0;
    int high = now.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (gpa < now[middle].gpa) {
        high = middle - 1;
      } else if (gpa >= now[middle].end) {
        low = middle + 1;
      } else {
        return now[middle].end;
      }
    }
    return -1;
  }

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
    long bytes = 0;
    for (Run run : runs) {
      bytes += Math.max(0, Math.min(run.end, gpa + lengthBytes) - Math.max(run.gpa, gpa));
    }
    return bytes;
  }

  boolean covers(long gpa) { return gpa >= base && gpa - base < sizeBytes(); }

  @Override
  public MemorySegment chunk(long gpa) { return backend.mapping().chunk((int) (gpa - base >>> CHUNK_SHIFT)); }

  @Override
  public long offset(long gpa) { return gpa - base & CHUNK_MASK; }

  @Override
  public long withinChunk(long gpa, long lengthBytes) {
    return Math.min(lengthBytes, Math.min(HostMapping.CHUNK_BYTES - offset(gpa), base + sizeBytes() - gpa));
  }

  @Override
  public long offsetInBackend(long gpa) { return gpa - base; }

  /** Takes all that is plugged away, and keeps what is in the memory. */
  void close() {
    for (Run run : runs) {
      slots.remove(run.slot);
    }
    runs = new Run[0];
  }
}
