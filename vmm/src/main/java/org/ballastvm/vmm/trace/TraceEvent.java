package org.ballastvm.vmm.trace;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.MachineScope;

/** What can be printed as it happens, by names as QEMU's are; all of it is off at first. Each machine of a process has its own. */
public enum TraceEvent {
  /** A balloon is through with what was ready on a queue. */
  BALLOON_BATCH(1),
  /** A balloon gave memory back to the host. */
  BALLOON_DISCARD(2),
  /** A guest reported how it uses its memory. */
  BALLOON_STATS(4),
  /** The size of a balloon was asked for. */
  BALLOON_TARGET(8),
  /** Memory was given back to the host, but not by a balloon. */
  MEMORY_DISCARD(16),
  /** KVM was given a range of guest memory, or made to drop it. */
  MEMORY_SLOT(32),
  /** The host made the memory behind a backend, or took all of it back. */
  MEMORY_BACKEND(64);

  /** A bit for each that was printed for any machine, ever: while it is not set, nobody looks which machine it is. */
  private static final AtomicInteger EVER_PRINTED = new AtomicInteger();
  /** Where slf4j-simple reads a logger's level when it makes it, which is when its event is first printed. */
  private static final String LEVELS = "org.slf4j.simpleLogger.log.";

  private final int bit;

  TraceEvent(int bit) { this.bit = bit; }

  /** {@return its name, such as {@code balloon_batch}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@return whether it is printed for the machine that the caller works for} */
  public boolean isOn() {
    return (EVER_PRINTED.get() & bit) != 0 && (MachineScope.current().printed().get() & bit) != 0;
  }

  /**
   * Has it printed for the machine that the caller works for, or no more, from its next time on.
   *
   * @param wanted whether it is to be printed
   */
  public void setPrinted(boolean wanted) {
    if (wanted) {
      System.setProperty(LEVELS + label(), "trace");
      EVER_PRINTED.updateAndGet(bits -> bits | bit);
    }
    MachineScope.current().printed().updateAndGet(bits -> wanted ? bits | bit : bits & ~bit);
  }

  /**
   * Has events printed, or no more, by a pattern of {@link #matching}; a {@code -} in front switches off.
   *
   * @param pattern which events
   * @return false if it is a name, not a pattern, and there is no such event
   */
  public static boolean switchBy(String pattern) {
    boolean wanted = !pattern.startsWith("-");
    String names = wanted ? pattern : pattern.substring(1);
    List<TraceEvent> events = matching(names);
    events.forEach(event -> event.setPrinted(wanted));
    return !events.isEmpty() || isPattern(names);
  }

  /**
   * Events by a pattern of QEMU's: a name in which {@code *} stands for any letters and {@code ?} for one.
   *
   * @param pattern which events
   * @return those that there are, in their order
   */
  public static List<TraceEvent> matching(String pattern) {
    return List.of(values()).stream().filter(event -> matches(pattern, 0, event.label(), 0)).toList();
  }

  /**
   * Whether it may fit many events, or none.
   *
   * @param text a pattern or a name
   * @return false if it is the name of one event
   */
  public static boolean isPattern(String text) { return text.indexOf('*') >= 0 || text.indexOf('?') >= 0; }

  /** {@return the names of all, in their order} */
  public static List<String> labels() {
    return List.of(values()).stream().map(TraceEvent::label).toList();
  }

  /** Prints that it happened, if that was asked for. */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
  void print(String format, Object... arguments) {
    if (isOn()) {
      Log.of(label()).trace(String.format(Locale.ROOT, format, arguments));
    }
  }

  private static boolean matches(String pattern, int at, String name, int from) {
    if (at == pattern.length()) {
      return from == name.length();
    }
    char wanted = pattern.charAt(at);
    if (wanted == '*') {
      return matches(pattern, at + 1, name, from) || from < name.length() && matches(pattern, at, name, from + 1);
    }
    return from < name.length() && (wanted == '?' || wanted == name.charAt(from))
        && matches(pattern, at + 1, name, from + 1);
  }
}
