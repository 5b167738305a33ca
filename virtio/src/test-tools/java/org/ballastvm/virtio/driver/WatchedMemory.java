package org.ballastvm.virtio.driver;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.UnwrittenMemory;

/** Notes what the guest writes, by pages, while it is to. */
public final class WatchedMemory implements UnwrittenMemory {
  private final FlatMemory memory;
  private final Set<Long> written = new TreeSet<>();
  private boolean watching;
  private long givenBack;
  private boolean waits;
  private Runnable later = () -> {};

  /** Memory that is not watched yet. */
  public WatchedMemory(FlatMemory memory) { this.memory = memory; }

  /** The guest writes. */
  public void guestWrites(long gpa, long value) {
    memory.putLong(gpa, value);
    written.add(gpa >> 12);
  }

  /** Whether writes are noted. */
  public boolean isWatching() { return watching; }

  /** From now on memory is given back only when {@link #goOn} says so. */
  public void wait(boolean on) { waits = on; }

  /** The host gets to what it was to give back. */
  public void goOn() {
    Runnable now = later;
    later = () -> {};
    now.run();
  }

  @Override
  public void watch() {
    written.clear();
    watching = true;
    givenBack = 0;
  }

  @Override
  public void discardUnwritten(Ranges ranges, Done done) {
    if (!watching) {
      throw new IllegalStateException("nobody watched");
    }
    if (waits) {
      later = () -> discard(ranges, done);
    } else {
      discard(ranges, done);
    }
  }

  private void discard(Ranges ranges, Done done) {
    Optional<ReclaimFailed> refused = Optional.empty();
    try {
      ranges.forEach(this::discard);
    } catch (ReclaimFailed e) {
      refused = Optional.of(e);
    }
    done.done(endWatch(), refused);
  }

  private void discard(long gpa, long lengthBytes) {
    for (long page = gpa; page < gpa + lengthBytes; page += 4096) {
      if (!written.contains(page >> 12)) {
        memory.discard(page, 4096);
        givenBack += 4096;
      }
    }
  }

  @Override
  public GivenBack endWatch() {
    watching = false;
    return new GivenBack(givenBack, 0, 0, 0);
  }
}
