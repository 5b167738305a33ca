package org.ballastvm.testkit.verdict;

import static org.ballastvm.testkit.verdict.VerdictKind.BUG;
import static org.ballastvm.testkit.verdict.VerdictKind.HARD_LOCKUP;
import static org.ballastvm.testkit.verdict.VerdictKind.HUNG_TASK;
import static org.ballastvm.testkit.verdict.VerdictKind.KASAN;
import static org.ballastvm.testkit.verdict.VerdictKind.KCSAN;
import static org.ballastvm.testkit.verdict.VerdictKind.KMEMLEAK;
import static org.ballastvm.testkit.verdict.VerdictKind.LOCKDEP;
import static org.ballastvm.testkit.verdict.VerdictKind.OOM_KILL;
import static org.ballastvm.testkit.verdict.VerdictKind.OOPS;
import static org.ballastvm.testkit.verdict.VerdictKind.PANIC;
import static org.ballastvm.testkit.verdict.VerdictKind.RCU_STALL;
import static org.ballastvm.testkit.verdict.VerdictKind.SOFT_LOCKUP;
import static org.ballastvm.testkit.verdict.VerdictKind.UBSAN;
import static org.ballastvm.testkit.verdict.VerdictKind.WARNING;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line by which a kernel begins to say that it went wrong.
 *
 * @param kind in which way
 * @param what it in a few words
 * @param end which line ends what the kernel says of it
 */
record Headline(VerdictKind kind, String what, End end) {
  /** What ends a report. */
  enum End {
    /** Itself: what follows is of no use. */
    AT_ONCE(Pattern.compile("")),
    /** The end of the first call trace. */
    TASK(Pattern.compile(" *</TASK>|---\\[ end trace .*")),
    /** The kernel's own mark. */
    TRACE(Pattern.compile("---\\[ end trace .*")),
    /** The same of a panic, which only one that does not reboot comes to. */
    PANIC(Pattern.compile("---\\[ end Kernel panic.*|Rebooting in .*|ACPI MEMORY or I/O RESET_REG.*")),
    /** A double rule, as it began, or the mark. */
    RULE(Pattern.compile("={20,}|---\\[ end trace .*"));

    private final Pattern line;

    End(Pattern line) { this.line = line; }

    boolean isAt(String text) { return this == AT_ONCE || line.matcher(text).matches(); }
  }

  private record Rule(Pattern line, VerdictKind kind, End end, String what) {
    static Rule of(String regex, VerdictKind kind, End end, String what) {
      return new Rule(Pattern.compile(regex), kind, end, what);
    }

    Optional<Headline> read(String text) {
      Matcher matcher = line.matcher(text);
      return matcher.lookingAt() ? Optional.of(new Headline(kind, words(matcher), end)) : Optional.empty();
    }

    private String words(Matcher matcher) {
      String words = what;
      for (int group = 1; group <= matcher.groupCount(); group++) {
        words = words.replace("$" + group, matcher.group(group) == null ? "" : matcher.group(group).strip());
      }
      return Headline.withoutNumbers(words);
    }
  }

  /** In their order: the first that fits. */
  private static final List<Rule> RULES = List.of(
      Rule.of("Kernel panic - not syncing: (.*)", PANIC, End.PANIC, "kernel panic: $1"),
      Rule.of("BUG: (KASAN|KFENCE|KMSAN): (.*?)(?: in \\S+(?: \\[.*])?)?$", KASAN, End.RULE, "$1: $2"),
      Rule.of("BUG: KCSAN: (.*?)(?: in .*)?$", KCSAN, End.RULE, "KCSAN: $1"),
      Rule.of("UBSAN: (.*?) in (\\S+)", UBSAN, End.RULE, "UBSAN: $1"),
      Rule.of("BUG: kernel NULL pointer dereference", OOPS, End.TRACE, "kernel NULL pointer dereference"),
      Rule.of("BUG: unable to handle (?:kernel )?(NULL pointer|page fault|paging request)", OOPS, End.TRACE,
          "bad $1"),
      Rule.of("BUG: (?:TASK|IRQ|\\S+) stack guard page was hit", OOPS, End.TRACE, "kernel stack overflow"),
      Rule.of("(?:Oops: )?(general protection fault|divide error|invalid opcode|stack segment|double fault|int3"
          + "|alignment check|segment not present|control protection fault)(?:,.*)?: [0-9a-f]{4} ?\\[?#?", OOPS,
          End.TRACE, "$1"),
      Rule.of("(?:traps: )?PANIC: double fault", OOPS, End.TRACE, "double fault"),
      Rule.of("kernel BUG at (\\S+)!", BUG, End.TRACE, "kernel BUG at $1"),
      Rule.of("(?:WARNING: )?((?:possible circular locking|possible recursive locking|inconsistent lock state"
          + "|possible irq lock inversion|suspicious RCU usage|HARDIRQ-\\S+ -> HARDIRQ-\\S+ lock order"
          + "|SOFTIRQ-\\S+ -> SOFTIRQ-\\S+ lock order|bad unlock balance|held lock freed|lock held when returning"
          + "|Nested lock was not taken|bad contention|\\S+ still has locks held).*)", LOCKDEP, End.TASK, "$1"),
      Rule.of("\\[ BUG: Invalid wait context ]", LOCKDEP, End.TASK, "invalid wait context"),
      Rule.of("(?:WARNING|BUG): (MAX_LOCK\\S*.*|lock held .*)", LOCKDEP, End.TASK, "$1"),
      Rule.of("WARNING: CPU: \\d+ PID: \\d+ at (\\S+) ", WARNING, End.TRACE, "WARNING"),
      Rule.of("WARNING: (\\S+:\\d+ at \\S+), CPU#\\d+", WARNING, End.TRACE, "WARNING"),
      Rule.of("watchdog: BUG: soft lockup - CPU#\\d+ stuck", SOFT_LOCKUP, End.TASK, "soft lockup"),
      Rule.of("(?:\\S+ )?[Ww]atchdog:? (?:Watchdog )?detected hard LOCKUP", HARD_LOCKUP, End.TASK, "hard lockup"),
      Rule.of("(?:rcu: )?INFO: (rcu\\w*) (?:self-)?detected (?:expedited )?stalls?", RCU_STALL, End.TASK,
          "RCU stall ($1)"),
      Rule.of("INFO: task (.*):\\d+ blocked for more than", HUNG_TASK, End.TASK, "hung task $1"),
      Rule.of("kmemleak: \\d+ new suspected memory leaks", KMEMLEAK, End.AT_ONCE, "memory leak"),
      Rule.of("(Out of memory|Memory cgroup out of memory)[^:]*: Killed process \\d+ \\((.*?)\\)", OOM_KILL,
          End.AT_ONCE, "out of memory: killed $2"),
      Rule.of("BUG: (.*)", BUG, End.TASK, "BUG: $1"));

  /** What a line says, if it is one. */
  static Optional<Headline> of(String text) {
    char first = text.isEmpty() ? ' ' : text.charAt(0);
    if (first == ' ' || first == '?') {
      return Optional.empty();
    }
    for (Rule rule : RULES) {
      Optional<Headline> headline = rule.read(text);
      if (headline.isPresent()) {
        return headline;
      }
    }
    return Optional.empty();
  }

  /** Whether a line of that kind is part of an open report of this one: BUG() is an invalid opcode. */
  boolean goesOnWith(Headline next) {
    return next.kind == OOPS && (kind == BUG || kind == OOPS || kind == KASAN);
  }

  /** Addresses, numbers of tasks and CPUs, and what stands in brackets behind a comm differ from run to run. */
  private static String withoutNumbers(String words) {
    return words.replaceAll("/\\S*/(?=[^/\\s]+:\\d+)", "").replaceAll("0x[0-9a-f]+|\\b[0-9a-f]{12,16}\\b", "ADDR")
        .replaceAll("(/|#|: | )\\d+(?=/|]|,|:|$| )", "$1N").strip();
  }
}
