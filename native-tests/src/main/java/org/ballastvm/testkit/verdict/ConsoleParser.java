package org.ballastvm.testkit.verdict;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a console as it comes and finds what the kernel says when it goes wrong.
 *
 * <p>
 * Only lines with a time stamp are the kernel's (CONFIG_PRINTK_TIME, or {@code printk.time=1}): a program may print what it
 * likes. What a program repeats of the kernel's log, as {@code dmesg} does, is not reported twice. Where lines name who speaks
 * (CONFIG_PRINTK_CALLER), reports of two CPUs that print at once are kept apart. What is kept is bounded, whatever a guest
 * prints. Belongs to one thread.
 */
public final class ConsoleParser {
  /** How many lines before a report are kept. */
  public static final int CONTEXT_LINES = 20;
  static final int MOST_LINES = 400;
  static final int MOST_LINE_CHARS = 2000;
  private static final int MOST_OPEN = 16;
  private static final int MOST_REMEMBERED = 256;
  private static final String OWN_THREAD = "grace-period kthread stack dump";
  private static final String CUT = "------------[ cut here ]------------";

  private final StringBuilder line = new StringBuilder();
  private final Deque<String> context = new ArrayDeque<>();
  private final Map<String, Open> open = new LinkedHashMap<>();
  private final Map<String, List<String>> cut = new LinkedHashMap<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private final List<KernelReport> done = new ArrayList<>();
  private boolean spoken;

  /** A console that has said nothing yet. */
  public ConsoleParser() {}

  /**
   * All reports of a whole console, in the order in which they begin.
   *
   * @param text of it
   */
  public static List<KernelReport> read(String text) {
    ConsoleParser parser = new ConsoleParser();
    List<KernelReport> all = new ArrayList<>(parser.feed(text));
    all.addAll(parser.end());
    return all;
  }

  /**
   * Reads on.
   *
   * @param text what the console said since
   * @return reports that are whole now
   */
  public List<KernelReport> feed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '\n') {
        take(line.toString());
        line.setLength(0);
      } else if (next != '\r' && line.length() < MOST_LINE_CHARS) {
        line.append(next);
      }
    }
    return drain();
  }

  /** {@return whether a report has begun that is not whole yet} */
  public boolean isReporting() {
    return !open.isEmpty();
  }

  /** {@return whether the kernel has said a line} */
  public boolean hasSpoken() { return spoken; }

  /** {@return reports that are not whole, and need not become so: the console has ended, or is silent} */
  public List<KernelReport> end() {
    if (!line.isEmpty()) {
      take(line.toString());
      line.setLength(0);
    }
    open.values().forEach(each -> done.add(each.report()));
    open.clear();
    return drain();
  }

  private List<KernelReport> drain() {
    List<KernelReport> whole = List.copyOf(done);
    done.clear();
    return whole;
  }

  private void take(String whole) {
    KernelLine.of(whole).ifPresentOrElse(said -> take(whole, said), () -> strange(whole));
    context.addLast(whole);
    if (context.size() > CONTEXT_LINES) {
      context.removeFirst();
    }
  }

  /** A program's line. */
  private void strange(String whole) { open.values().forEach(each -> each.addStrange(whole)); }

  private void take(String whole, KernelLine said) {
    spoken = true;
    Optional<Headline> headline = Headline.of(said.text());
    Open current = open.get(said.caller());
    if (said.text().equals(CUT)) {
      remember(cut, said.caller(), new ArrayList<>(List.of(whole)));
    } else if (headline.isPresent() && (current == null || !current.headline.goesOnWith(headline.get()))) {
      begin(whole, said, headline.get());
    } else if (current != null) {
      current.add(whole, said.text());
      finishIfWhole(said.caller(), current, said.text());
    } else if (cut.containsKey(said.caller()) && cut.get(said.caller()).size() < CONTEXT_LINES) {
      cut.get(said.caller()).add(whole);
    }
    open.forEach((caller, each) -> {
      if (!caller.equals(said.caller())) {
        each.addStrange(whole);
      }
    });
  }

  private void begin(String whole, KernelLine said, Headline headline) {
    Open before = open.remove(said.caller());
    if (before != null) {
      done.add(before.report());
    }
    List<String> head = cut.getOrDefault(said.caller(), List.of());
    cut.remove(said.caller());
    if (!seen.add(said.stamp() + said.text())) {
      return;
    }
    if (seen.size() > MOST_REMEMBERED) {
      seen.remove(seen.iterator().next());
    }
    Open begun = new Open(headline, said.caller(),
        context.stream().filter(each -> !head.contains(each)).collect(Collectors.toList()), head);
    begun.add(whole, said.text());
    remember(open, said.caller(), begun);
    finishIfWhole(said.caller(), begun, headline.end() == Headline.End.AT_ONCE ? said.text() : "");
  }

  private void finishIfWhole(String caller, Open current, String text) {
    if (current.isFull() || current.isAtEnd(text)) {
      done.add(current.report());
      open.remove(caller);
    }
  }

  private static <T> void remember(Map<String, T> map, String caller, T value) {
    map.put(caller, value);
    if (map.size() > MOST_OPEN) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /** A report that is not whole. */
  private static final class Open {
    private final Headline headline;
    private final String caller;
    private final List<String> before;
    private final List<String> lines;
    private final List<String> texts = new ArrayList<>();
    private final List<String> asides = new ArrayList<>();
    private final List<String> after = new ArrayList<>();
    private boolean aside;

    Open(Headline headline, String caller, List<String> before, List<String> head) {
      this.headline = headline;
      this.caller = caller;
      this.before = before;
      this.lines = new ArrayList<>(head);
    }

    void add(String whole, String text) {
      lines.add(whole);
      aside = aside || headline.kind() == VerdictKind.RCU_STALL && text.contains(OWN_THREAD);
      (aside ? asides : texts).add(text);
    }

    /** The thread that RCU shows of its own waits for whoever stalls it: that one's trace is still to come. */
    boolean isAtEnd(String text) {
      boolean end = headline.end().isAt(text);
      if (end && aside) {
        aside = false;
        return false;
      }
      return end;
    }

    void addStrange(String whole) {
      if (after.size() < MOST_LINES) {
        after.add(whole);
      }
    }

    boolean isFull() { return lines.size() >= MOST_LINES; }

    KernelReport report() {
      List<String> functions = Trace.of(texts).isEmpty() ? Trace.of(asides) : Trace.of(texts);
      boolean named = switch (headline.kind()) {
        case OOPS, WARNING, KASAN, KCSAN, UBSAN, SOFT_LOCKUP, HARD_LOCKUP, RCU_STALL -> !functions.isEmpty();
        case PANIC, BUG, LOCKDEP, HUNG_TASK, KMEMLEAK, OOM_KILL, TRIPLE_FAULT, KVM_FAILURE, EARLY_DEATH,
            NO_PROGRESS ->
          false;
      };
      return new KernelReport(headline.kind(), headline.what() + (named ? " in " + functions.getFirst() : ""), caller,
          functions, before, lines, after);
    }
  }
}
