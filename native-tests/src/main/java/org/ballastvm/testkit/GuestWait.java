package org.ballastvm.testkit;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.rig.Transcript;
import org.ballastvm.testkit.verdict.MachineVerdict;
import org.ballastvm.testkit.verdict.VerdictKind;

/** A wait for something on a guest's console, which ends as soon as it cannot come any more. */
final class GuestWait {
  /** After so much silence the guest's registers are looked at. */
  private static final Duration SILENCE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
  /** There a guest may get no processor for seconds, while others do. */
  private static final Duration BETWEEN_LOOKS_IN_RIG = Duration.ofSeconds(2);
  /** Between the end of its console and its own. */
  private static final Duration LAST_MOMENTS = Duration.ofMinutes(1);
  private static final Pattern CRASH = Pattern.compile("(?m)^(?:\\s+at org\\.ballastvm\\.|.*a bug in Ballast ends"
      + "|# A fatal error has been detected|Exception in thread )");
  /** Of a shell that reports a signal. */
  private static final int SIGNALLED = 128;
  private static final int KILLED = SIGNALLED + 9;

  private final HostedProcess process;
  private final GuestWatch watch;
  private final UnaryOperator<String> monitor;
  private final Supplier<String> lastWords;

  /**
   * A wait.
   *
   * @param monitor answers a line
   * @param lastWords for a message
   */
  GuestWait(HostedProcess process, GuestWatch watch, UnaryOperator<String> monitor, Supplier<String> lastWords) {
    this.process = process;
    this.watch = watch;
    this.monitor = monitor;
    this.lastWords = lastWords;
  }

  /**
   * Waits, and consumes up to the end of what it waited for.
   *
   * @param pattern what
   * @param atMost for how long
   * @param looks whether silence is looked into: a kernel that boots has interrupts off for long
   */
  Transcript.Found until(Pattern pattern, Duration atMost, boolean looks) {
    long deadline = System.nanoTime() + atMost.toNanos();
    Progress progress = new Progress();
    Duration slice = SILENCE;
    int said = -1;
    while (true) {
      long begun = System.nanoTime();
      try {
        return process.output().await(pattern, slice);
      } catch (RigError e) {
        requireAlive(System.nanoTime() - begun < slice.toNanos() / 2, e);
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      int length = process.output().text().length();
      if (length != said || !looks) {
        said = length;
        progress = new Progress();
        slice = SILENCE;
      } else if (progress.isStuck(registers()) && runs()) {
        List<String> stacks = monitor.apply("info stacks").lines().toList();
        if (progress.isStuck(registers())) {
          watch.add(List.of(new MachineVerdict(VerdictKind.NO_PROGRESS, "no progress", stacks)));
        }
      } else {
        slice = watch.isInRig() ? BETWEEN_LOOKS_IN_RIG : BETWEEN_LOOKS;
      }
    }
  }

  private String registers() { return monitor.apply("info registers -a"); }

  private boolean runs() { return monitor.apply("info status").strip().equals("VM status: running"); }

  /** A console that has ended is one of a machine that ends. */
  private void requireAlive(boolean endsEarly, RigError found) {
    OptionalInt status = process.waitFor(endsEarly ? LAST_MOMENTS : Duration.ZERO);
    if (status.isPresent()) {
      throw ended(status.getAsInt(), found);
    }
  }

  /** The machine has ended before what was waited for came. */
  private RigError ended(int status, RigError found) {
    String words = "; " + lastWords.get();
    if (status >= SIGNALLED && status != KILLED || CRASH.matcher(process.errors().text()).find()) {
      return new BallastFault("Ballast has crashed, with exit status " + status + words, found);
    }
    if (process.output().text().isBlank()) {
      MachineVerdict verdict = new MachineVerdict(VerdictKind.EARLY_DEATH, "the machine ended before its kernel spoke",
          process.errors().text().lines().toList());
      watch.add(List.of(verdict));
      watch.failure().ifPresent(failure -> {
        throw failure;
      });
    }
    return new LostMachine("the machine has ended, with exit status " + status + words, found);
  }
}
