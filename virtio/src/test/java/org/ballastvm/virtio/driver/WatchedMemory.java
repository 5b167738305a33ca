package org.ballastvm.virtio.driver;

import java.util.Set;
import java.util.TreeSet;
import org.ballastvm.virtio.UnwrittenMemory;

/** Notes what the guest writes, by pages, while it is to. */
public final class WatchedMemory implements UnwrittenMemory {
  private final FlatMemory memory;
  private final Set<Long> written = new TreeSet<>();
  private boolean watching;
  private long givenBack;

  /** Memory that is not watched yet. */
  public WatchedMemory(FlatMemory memory) { this.memory = memory; }

  /** The guest writes. */
  public void guestWrites(long gpa, long value) {
    memory.putLong(gpa, value);
    written.add(gpa >> 12);
  }

  /** Whether writes are noted. */
  public boolean isWatching() { return watching; }

  @Override
  public void watch() {
    written.clear();
    watching = true;
  }

  @Override
  public long giveBackUnwritten(Ranges ranges) {
    requireWatching();
    long before = givenBack;
    ranges.forEach((gpa, lengthBytes) -> {
      for (long page = gpa; page < gpa + lengthBytes; page += 4096) {
        if (!written.contains(page >> 12)) {
          memory.discard(page, 4096);
          givenBack += 4096;
        }
      }
    });
    return givenBack - before;
  }

  @Override
  public void endWatch() { requireWatching(); }

  private void requireWatching() {
    if (!watching) {
      throw new IllegalStateException("nobody watched");
    }
    watching = false;
  }
}
