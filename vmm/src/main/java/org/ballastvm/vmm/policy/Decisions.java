package org.ballastvm.vmm.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.policy.Decision.Hold;
import org.ballastvm.vmm.policy.Decision.Why;

/** The last decisions, the newest last. The same again is one entry; that nothing is new yet is none. */
final class Decisions {
  private static final int KEPT = 12;

  /**
   * A decision that was taken once or several times in a row.
   *
   * @param first when it was first taken
   * @param last when it was last taken
   * @param times how often
   * @param guestBytes what the guest should have since then
   * @param decision the last of them
   */
  record Entry(Instant first, Instant last, long times, long guestBytes, Decision decision) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Takes note of a decision; says whether it is another one than before. */
  boolean add(Instant now, long guestBytes, Decision decision) {
    if (decision instanceof Hold hold && hold.why() == Why.WAITING) {
      return false;
    }
    if (!entries.isEmpty() && isSame(entries.getLast().decision, decision)) {
      Entry before = entries.removeLast();
      entries.add(new Entry(before.first, now, before.times + 1, guestBytes, decision));
      return false;
    }
    if (entries.size() == KEPT) {
      entries.removeFirst();
    }
    entries.add(new Entry(now, now, 1, guestBytes, decision));
    return true;
  }

  private static boolean isSame(Decision one, Decision other) {
    return one instanceof Hold held && other instanceof Hold hold
        ? held.why() == hold.why()
        : one.getClass() == other.getClass();
  }

  List<Entry> all() { return List.copyOf(entries); }
}
