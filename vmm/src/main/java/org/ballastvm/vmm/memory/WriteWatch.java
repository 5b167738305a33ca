package org.ballastvm.vmm.memory;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.ballastvm.kvm.DirtyLog;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.memory.SlotHost.Slot;
import org.ballastvm.vmm.state.Log;

/**
 * Which pages of a guest's memory were written to since a moment: by vCPUs, which KVM notes, and by this process for its
 * devices, which it notes itself.
 *
 * <p>
 * It speaks of the memory that there was at that moment and still is in the same slot. What came since, or was cut again,
 * counts as written. All but {@link #wrote} is called under the lock of the slots; whoever holds that lock knows that no
 * device writes anything that is not noted, and with all vCPUs out of the guest, that nobody does.
 */
final class WriteWatch {
  private static final int WORD_PAGES = Long.SIZE;

  /** Who wants to know. */
  enum User {
    /** What gives back memory that nobody writes to. */
    HINTS("free page hinting watches it"),
    /** A user. */
    MONITOR("watch_pages is on");

    private final String words;

    User(String words) { this.words = words; }
  }

  /** What is noted. */
  private sealed interface State {
    /** Nothing is, and what devices write costs a look at this. */
    record Off() implements State {}

    /** All writes are. The slots are by their first addresses. */
    record On(User user, SlotHost host, TreeMap<Long, Watched> slots) implements State {}
  }

  private static final State OFF = new State.Off();

  private final Object slotsLock;
  private volatile State state = OFF;
  private boolean logsAreKept;

  /** A slot, and what was written of it. */
  private static final class Watched implements AutoCloseable {
    private final int number;
    private final Slot slot;
    /** What devices wrote, a bit for each page. */
    private final SparseWords ours;
    /** What vCPUs wrote; null before anybody asks. */
    private DirtyLog log;
    private boolean isRead;

    Watched(int number, Slot slot) {
      this.number = number;
      this.slot = slot;
      this.ours = new SparseWords(Math.ceilDiv(slot.sizeBytes() >>> PageSize.SHIFT, WORD_PAGES));
    }

    long end() { return slot.end(); }

    void read(SlotHost host) {
      if (!isRead) {
        if (log == null) {
          log = new DirtyLog(slot.sizeBytes());
        }
        host.getDirtyLog(number, log);
        isRead = true;
      }
    }

    void wrote(long index) { ours.set(index / WORD_PAGES, ours.get(index / WORD_PAGES) | 1L << index % WORD_PAGES); }

    /** By whom a page was written to that is read; empty if nobody did. */
    Optional<WrittenRange.By> writer(long gpa) {
      long index = gpa - slot.gpa() >>> PageSize.SHIFT;
      boolean theirs = (log.word(index / WORD_PAGES) & 1L << index % WORD_PAGES) != 0;
      return isOurs(index)
          ? Optional.of(theirs ? WrittenRange.By.BOTH : WrittenRange.By.DEVICES)
          : theirs ? Optional.of(WrittenRange.By.VCPUS) : Optional.empty();
    }

    boolean isOurs(long index) { return (ours.get(index / WORD_PAGES) & 1L << index % WORD_PAGES) != 0; }

    /** Where from an address on pages begin that were written to, or that were not; the limit if none do. It is read. */
    long next(long gpa, long limit, boolean written) {
      long page = gpa - slot.gpa() >>> PageSize.SHIFT;
      long last = Math.min(limit, end()) - slot.gpa() >>> PageSize.SHIFT;
      while (page < last) {
        long word = page / WORD_PAGES;
        long bits = log.word(word) | ours.get(word);
        long wanted = (written ? bits : ~bits) & -1L << page % WORD_PAGES;
        if (wanted != 0) {
          page = word * WORD_PAGES + Long.numberOfTrailingZeros(wanted);
          break;
        }
        page = (word + 1) * WORD_PAGES;
      }
      return slot.gpa() + (Math.min(page, last) << PageSize.SHIFT);
    }

    @Override
    public void close() {
      ours.close();
      if (log != null) {
        log.close();
      }
    }
  }

  WriteWatch(Object slotsLock) { this.slotsLock = slotsLock; }

  /**
   * Notes from now on what is written, and forgets what was noted.
   *
   * @throws HostError if the host refuses; nothing is noted then
   */
  void begin(User user, SlotHost host, Map<Integer, Slot> slots) {
    end();
    if (!logsAreKept) {
      host.keepDirtyLogs();
      logsAreKept = true;
    }
    State.On on = new State.On(user, host, new TreeMap<>());
    state = on;
    try {
      slots.forEach((number, slot) -> {
        Watched watched = new Watched(number, slot);
        on.slots.put(slot.gpa(), watched);
        host.logDirtyPages(number, slot, true);
      });
    } catch (HostError e) {
      end();
      throw e;
    }
  }

  /** Why one may not begin: another has not ended. */
  Optional<String> obstacle(User user) {
    return state instanceof State.On on && on.user != user ? Optional.of(on.user.words) : Optional.empty();
  }

  /** Whether it is noted for somebody what is written. */
  boolean isOn(User user) {
    return state instanceof State.On on && on.user == user;
  }

  /** Notes no more, if it was for that one. */
  void end(User user) {
    if (isOn(user)) {
      end();
    }
  }

  /** Notes no more. Harmless if nothing is noted. */
  void end() {
    if (!(state instanceof State.On on)) {
      return;
    }
    state = OFF;
    for (Watched watched : on.slots.values()) {
      try {
        on.host.logDirtyPages(watched.number, watched.slot, false);
      } catch (HostError e) {
        // The next watch finds more noted than there was written, and leaves it to the guest.
        Log.of(WriteWatch.class).warn("KVM goes on noting what a guest writes, which costs it time: {}",
            e.getMessage());
      }
      watched.close();
    }
  }

  /** There is another VM, which keeps no logs yet. */
  void vmReplaced() {
    if (state instanceof State.On on) {
      state = OFF;
      on.slots.values().forEach(Watched::close);
    }
    logsAreKept = false;
  }

  /** A slot goes away. */
  void forget(int number, Slot slot) {
    if (state instanceof State.On on) {
      Watched watched = on.slots.get(slot.gpa());
      if (watched != null && watched.number == number) {
        on.slots.remove(slot.gpa());
        watched.close();
      }
    }
  }

  /** A device is about to write. Costs one read of a field where nothing is noted; the only method that takes the lock. */
  void wrote(long gpa, long lengthBytes) {
    if (state != OFF && lengthBytes > 0) {
      note(gpa, lengthBytes);
    }
  }

  private void note(long gpa, long lengthBytes) {
    synchronized (slotsLock) {
      if (state instanceof State.On on) {
        for (long page = gpa >>> PageSize.SHIFT; page <= gpa + lengthBytes - 1 >>> PageSize.SHIFT; page++) {
          Watched watched = find(on, page << PageSize.SHIFT);
          if (watched != null) {
            watched.wrote(page - (watched.slot.gpa() >>> PageSize.SHIFT));
          }
        }
      }
    }
  }

  private static Watched find(State.On on, long gpa) {
    Map.Entry<Long, Watched> entry = on.slots.floorEntry(gpa);
    return entry != null && gpa < entry.getValue().end() ? entry.getValue() : null;
  }

  /** Has KVM asked again for what it noted. All vCPUs are out of the guest. */
  void look() {
    if (state instanceof State.On on) {
      on.slots.values().forEach(watched -> watched.isRead = false);
    }
  }

  /** The first address from one on that nobody wrote to, below a limit; the limit if there is none. */
  long nextUnwritten(long gpa, long limit) {
    if (!(state instanceof State.On on)) {
      return limit;
    }
    long at = gpa;
    while (at < limit) {
      Watched watched = find(on, at);
      if (watched == null) {
        Long next = on.slots.higherKey(at);
        at = next == null ? limit : next;
      } else {
        watched.read(on.host);
        at = watched.next(at, limit, false);
        if (at < watched.end()) {
          break;
        }
      }
    }
    return Math.min(at, limit);
  }

  /** Where what nobody wrote to ends that an address is in, or its slot, or the limit. */
  long unwrittenEnd(long gpa, long limit) {
    if (!(state instanceof State.On on)) {
      return gpa;
    }
    Watched watched = find(on, gpa);
    if (watched == null) {
      return gpa;
    }
    watched.read(on.host);
    return watched.next(gpa, limit, true);
  }

  /**
   * Passes on what was written of a range, in runs that the same have written.
   *
   * @param gpa a multiple of 4 KiB
   * @param limit a multiple of 4 KiB
   * @param taker returns false to hear of no more
   */
  void forEachWritten(long gpa, long limit, Predicate<WrittenRange> taker) {
    if (!(state instanceof State.On on)) {
      return;
    }
    boolean wanted = true;
    for (long at = gpa; at < limit && wanted;) {
      Watched watched = find(on, at);
      if (watched == null) {
        Long next = on.slots.higherKey(at);
        long end = next == null ? limit : Math.min(next, limit);
        wanted = taker.test(new WrittenRange(at, end - at, WrittenRange.By.UNKNOWN));
        at = end;
        continue;
      }
      watched.read(on.host);
      long end = Math.min(limit, watched.end());
      long from = watched.next(at, limit, true);
      at = from;
      if (from < end) {
        Optional<WrittenRange.By> by = watched.writer(from);
        while (at < end && watched.writer(at).equals(by)) {
          at += PageSize.BYTES;
        }
        wanted = taker.test(new WrittenRange(from, at - from, by.orElseThrow()));
      }
    }
  }

  /**
   * Whether KVM noted writes to a page and no device of ours did. As long as the slots are locked, none will: a device notes
   * a write before it makes it.
   */
  boolean isWrittenByVcpusAlone(long gpa) {
    Watched watched = state instanceof State.On on ? find(on, gpa) : null;
    // Where there is none, it came to be memory since, and nobody kept a log of it.
    return watched != null && !watched.isOurs(gpa - watched.slot.gpa() >>> PageSize.SHIFT);
  }
}
