package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.UserError;

/**
 * What of a guest's address space may be memory, as those are given it who reach it from outside of this process: whole
 * regions, which come and go with memory devices, and not with their blocks. Changed on the event loop, or before it has
 * started.
 */
public final class MemoryTable {
  /** Who gives the table to others. On the event loop, or before it has started. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The table has changed. One that has fewer regions is never refused: memory that has gone from it is unmapped next.
     *
     * @param regions all of them, by address
     * @throws UserError if there are more than can be given on; the table stays as it was
     * @throws HostError if the host refuses; the same
     */
    void changed(List<MemoryRegion> regions);
  }

  private final Runnable watchEnds;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private List<MemoryRegion> regions;

  /**
   * A table of base memory.
   *
   * @param base its regions
   * @param watchEnds ends a watch of what is written to memory: others are about to write, who do not say what
   */
  MemoryTable(List<MemoryRegion> base, Runnable watchEnds) {
    this.regions = List.copyOf(base);
    this.watchEnds = watchEnds;
  }

  /** {@return whether anybody outside may write to memory, of which nobody here knows; any thread} */
  boolean isShared() {
    return !listeners.isEmpty();
  }

  /** {@return all regions, by address} */
  public List<MemoryRegion> regions() { return regions; }

  /**
   * Gives somebody the table, now and at each change, until {@link #forget}.
   *
   * @param listener who
   * @throws UserError if there are more regions than can be given on; nobody listens then
   * @throws HostError if the host refuses; the same
   */
  public void listen(Listener listener) {
    listener.changed(regions);
    listeners.add(listener);
    watchEnds.run();
  }

  /**
   * Says nothing of changes to somebody any more.
   *
   * @param listener who; one that does not listen is harmless
   */
  public void forget(Listener listener) { listeners.remove(listener); }

  /**
   * Memory comes, which nobody uses yet.
   *
   * @throws UserError if a listener cannot give it on; nothing has changed
   * @throws HostError if the host refuses; the same
   */
  void add(MemoryRegion region) {
    List<MemoryRegion> before = regions;
    List<MemoryRegion> next = new ArrayList<>(before);
    next.add(region);
    next.sort((one, other) -> Long.compare(one.base(), other.base()));
    regions = List.copyOf(next);
    for (int i = 0; i < listeners.size(); i++) {
      try {
        listeners.get(i).changed(regions);
      } catch (HostError | UserError e) {
        regions = before;
        listeners.subList(0, i).forEach(listener -> listener.changed(before));
        throw e;
      }
    }
  }

  /** Memory goes: when this returns, nobody outside uses it. */
  void remove(long base) {
    regions = regions.stream().filter(region -> region.base() != base).toList();
    listeners.forEach(listener -> listener.changed(regions));
  }
}
