package org.ballastvm.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The faults of a device, and how often each has struck. It is there while a device has faults; one that has none does not
 * have it. Any thread.
 */
public final class DeviceFaults {
  /** Upper bound of faults that wait for their occasions. */
  public static final int MOST = 64;
  private static final int REMEMBERED = 256;

  private final Consumer<Strike> log;
  private final List<Armed> armed = new ArrayList<>();
  private final Deque<Strike> history = new ArrayDeque<>();
  private long strikes;

  /** A fault and what has become of it. */
  private static final class Armed {
    final Fault fault;
    final SplittableRandom random;
    long occasions;
    long struck;

    Armed(Fault fault) {
      this.fault = fault;
      this.random = new SplittableRandom(fault.seed());
    }

    /** Counts an occasion; whether it strikes on it. */
    boolean strikes() {
      occasions++;
      return occasions >= fault.nth() && (fault.count() == 0 || struck < fault.count())
          && (fault.probability() == 1 || random.nextDouble() < fault.probability());
    }
  }

  /**
   * A fault, and how far it is.
   *
   * @param fault what
   * @param occasions how many occasions were counted
   * @param struck how often it has struck
   */
  public record Progress(Fault fault, long occasions, long struck) {}

  /**
   * None yet.
   *
   * @param log is given each strike, under locks of the device: it must not call back, and bounds what it writes
   */
  public DeviceFaults(Consumer<Strike> log) { this.log = log; }

  /**
   * Adds a fault.
   *
   * @param fault what
   * @throws IllegalArgumentException if there are {@link #MOST} already
   */
  public synchronized void add(Fault fault) {
    if (armed.size() == MOST) {
      throw new IllegalArgumentException("the device has " + MOST + " faults, as many as it may; clear them first");
    }
    armed.add(new Armed(fault));
  }

  /**
   * Something happens to which a fault may. All faults count it; the first that strikes does.
   *
   * @param point what
   * @param place of which queue, vector, BAR or request
   * @param lengthBytes of how many bytes, 0 where it has none
   * @return the fault that strikes, or null
   */
  public synchronized Fault strike(FaultPoint point, int place, long lengthBytes) {
    Armed striking = null;
    for (int i = 0; i < armed.size(); i++) { // No iterator: devices come by here with each chain.
      Armed each = armed.get(i);
      if (each.fault.kind().point() == point && !each.fault.isAtOnce() && each.fault.counts(place, lengthBytes)
          && each.strikes() && striking == null) {
        striking = each;
      }
    }
    if (striking == null) {
      return null;
    }
    striking.struck++;
    note(new Strike(++strikes, striking.fault.kind(), place, lengthBytes, striking.occasions));
    return striking.fault;
  }

  /**
   * A fault strikes as it is injected.
   *
   * @param fault what
   */
  public synchronized void strikeAtOnce(Fault fault) {
    armed.stream().filter(each -> each.fault == fault).forEach(each -> each.struck++);
    note(new Strike(++strikes, fault.kind(), fault.place().orElse(-1), 0, 0));
  }

  private void note(Strike strike) {
    if (history.size() == REMEMBERED) {
      history.removeFirst();
    }
    history.addLast(strike);
    log.accept(strike);
  }

  /** Takes all faults away; what has struck is remembered. */
  public synchronized void clear() { armed.clear(); }

  /** {@return the faults, in the order in which they came} */
  public synchronized List<Progress> all() {
    return armed.stream().map(each -> new Progress(each.fault, each.occasions, each.struck)).toList();
  }

  /** {@return the last strikes, 256 at most} */
  public synchronized List<Strike> history() {
    return List.copyOf(history);
  }
}
