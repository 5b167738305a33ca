package org.ballastvm.virtio.balloon;

import java.util.Collections;
import java.util.List;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.VirtioDevice;

/**
 * What host and driver have made of a balloon. A batch of lists that is under way is no part of it: its chains are taken
 * again.
 *
 * @param targetPages how large it should be, in pages of 4 KiB, as the register holds it
 * @param actualPages how large the driver says it is, likewise
 * @param poison with what the guest fills free pages, or 0
 * @param moreToCome whether the last list was full, so that the driver has another
 * @param held pages that wait for the rest of their huge page
 * @param stats of the statistics queue
 * @param hints of the free page queue
 */
public record BalloonState(int targetPages, int actualPages, int poison, boolean moreToCome, Held held, Stats stats,
    Hints hints) implements VirtioDevice.State {

  /** Of a balloon whose guest is not asked for free pages. */
  static final Hints NO_HINTS = Hints.powerOn(FreePageHints.FIRST_ID);

  /**
   * Pages that a driver has named and that are not given back yet.
   *
   * @param bases where the huge page of each slot begins, a guest physical address; -1 for a slot that is free
   * @param pages a bit for each page that is held, 8 words for each slot
   * @param oldest the slot that is used next when all are taken
   * @param latest the slot that was used last
   * @param wholeStart where a run of huge pages starts that are complete, a guest physical address
   * @param wholeEnd where that run ends, which is where it starts if there is none
   * @param ringNamed whether the driver has named a page that holds a ring, which is logged once
   */
  public record Held(List<Long> bases, List<Long> pages, int oldest, int latest, long wholeStart,
      long wholeEnd, boolean ringNamed) {
    /** How many huge pages can wait. */
    static final int SLOTS = 16;
    /** Words with a bit for each page of a huge page. */
    static final int WORDS = 512 / Long.SIZE;
    /** Where the huge page of a slot begins that has none. */
    static final long FREE = -1;
    /** None. */
    static final Held POWER_ON = new Held(Collections.nCopies(SLOTS, FREE),
        Collections.nCopies(SLOTS * WORDS, 0L), 0, 0, 0, 0, false);

    /** Copies the lists. */
    public Held {
      bases = List.copyOf(bases);
      pages = List.copyOf(pages);
    }
  }

  /**
   * The statistics queue.
   *
   * @param intervalSeconds how often the guest is asked; 0 for never
   * @param asked whether it is to be asked at once
   * @param keptHead the buffer that is kept until then; -1 for none
   * @param lastUpdateSeconds when it last answered, in seconds since 1970; 0 if it has not
   * @param values what it answered, by tag
   */
  public record Stats(long intervalSeconds, boolean asked, int keptHead, long lastUpdateSeconds, List<Long> values) {
    /** No buffer is kept. */
    static final int NONE = -1;

    /** Copies the list. */
    public Stats {
      values = List.copyOf(values);
    }

    Stats powerOn() { return powerOn(intervalSeconds); }

    /** The guest has reported nothing. */
    static Stats powerOn(long intervalSeconds) {
      return new Stats(intervalSeconds, false, NONE, 0,
          Collections.nCopies(BalloonStat.values().length, BalloonStat.UNSET));
    }
  }

  /**
   * The free page queue.
   *
   * @param run how far the guest is with naming its free pages. A run cannot go on elsewhere, where nobody knows what the
   *        guest has written to since it began: one that is under way is cancelled when it is restored
   * @param nextId the command of the next run, which differs from those of all runs before
   */
  public record Hints(HintRun run, int nextId) {
    /** Nothing was asked for. */
    static final HintRun IDLE = new HintRun.Idle();

    /** Nothing was asked of this driver. */
    static Hints powerOn(int nextId) { return new Hints(IDLE, nextId); }

    Hints powerOn() { return powerOn(nextId); }
  }

  /** What is the host's stays: what it wants, how often it asks, and the commands that it has used up. */
  BalloonState powerOn() {
    return new BalloonState(targetPages, 0, 0, false, Held.POWER_ON, stats.powerOn(), hints.powerOn());
  }
}
