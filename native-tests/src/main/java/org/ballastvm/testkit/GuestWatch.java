package org.ballastvm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigError;
import org.ballastvm.rig.Transcript;
import org.ballastvm.testkit.verdict.ConsoleParser;
import org.ballastvm.testkit.verdict.MachineVerdict;
import org.ballastvm.testkit.verdict.Verdict;
import org.ballastvm.testkit.verdict.VerdictKind;

/**
 * Reads a guest's console, and what its VMM complains, as both come. The first verdict that nobody expects ends every wait for
 * the guest with a {@link KernelFailure}.
 */
final class GuestWatch {
  /** A report that stays unfinished for so long is taken as it is; in the rig a line can take that long. */
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration SILENCE_IN_RIG = Duration.ofSeconds(5);
  /** What is kept of a guest that goes on and on. */
  private static final int MOST = 1000;
  private static final Pattern VMM = Pattern.compile("(?m)^.*(shut down \\(a triple fault|KVM internal error"
      + "|KVM could not enter the guest|KVM exit reason).*$");
  private static final ScheduledExecutorService TIMER = Executors
      .newSingleThreadScheduledExecutor(work -> Thread.ofPlatform().daemon().name("verdicts").unstarted(work));

  /**
   * What Linux complains of on a processor that QEMU's TCG plays, whoever's the machine is: XSAVE's area, as CPUID has it,
   * stays as small as at power-on.
   */
  private static final String OF_THE_RIG = "XSAVE consistency problem";
  /**
   * A guest there may get no processor for as long as its kernel takes for a stall, and would say so amid what a command
   * writes on the console. Whoever provokes a stall sets less, later on the command line or at run time.
   */
  private static final String PATIENT_KERNEL = "watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=300";
  private static final Set<VerdictKind> STALLS = Set.of(VerdictKind.SOFT_LOCKUP, VerdictKind.RCU_STALL);

  private final GuestHost host;
  private final HostedProcess process;
  private final Duration silence;
  private final ConsoleParser console = new ConsoleParser();
  private final StringBuilder complaint = new StringBuilder();
  private final List<Verdict> verdicts = new ArrayList<>();
  private Expectation expectation = Expectation.NOTHING;
  private Optional<KernelFailure> failure = Optional.empty();
  private Optional<ScheduledFuture<?>> flush = Optional.empty();
  private int awaited;

  private GuestWatch(GuestHost host, HostedProcess process) {
    this.host = host;
    this.process = process;
    this.silence = isInRig() ? SILENCE_IN_RIG : SILENCE;
  }

  /** {@return what a host has stand on the command line of its guests' kernels} */
  static String kernelWords(GuestHost host) {
    return host instanceof Rig ? PATIENT_KERNEL : "";
  }

  /** Whether its guest runs in a rig, where nothing is quick. */
  boolean isInRig() { return host instanceof Rig; }

  static GuestWatch of(GuestHost host, HostedProcess process) {
    GuestWatch watch = new GuestWatch(host, process);
    process.output().follow(new Transcript.Follower() {
      @Override
      public void said(String text) { watch.console(text); }

      @Override
      public void ended() { watch.flush(); }
    });
    process.errors().follow(new Transcript.Follower() {
      @Override
      public void said(String text) { watch.complaint(text); }

      @Override
      public void ended() {
        // The console's end counts.
      }
    });
    return watch;
  }

  private synchronized void console(String text) {
    add(console.feed(text));
    flush.ifPresent(waiting -> waiting.cancel(false));
    flush = console.isReporting()
        ? Optional.of(TIMER.schedule(this::flush, silence.toMillis(), TimeUnit.MILLISECONDS))
        : Optional.empty();
  }

  private synchronized void flush() { add(console.end()); }

  private synchronized void complaint(String text) {
    complaint.append(text);
    int end = complaint.lastIndexOf("\n") + 1;
    Matcher matcher = VMM.matcher(complaint.substring(0, end));
    while (matcher.find()) {
      boolean triple = matcher.group(1).contains("triple");
      add(List.of(new MachineVerdict(triple ? VerdictKind.TRIPLE_FAULT : VerdictKind.KVM_FAILURE,
          triple ? "triple fault" : "KVM failure", List.of(matcher.group().strip()))));
    }
    complaint.delete(0, end);
  }

  /** One that shows from outside. */
  synchronized void add(List<? extends Verdict> more) {
    for (Verdict verdict : more) {
      if (isInRig() && isOfTheRig(verdict)) {
        continue;
      }
      if (verdicts.size() < MOST) {
        verdicts.add(verdict);
      }
      if (failure.isEmpty() && !expectation.covers(verdict) && !isAfterExpected(verdict)) {
        failure = Optional.of(new KernelFailure(verdict));
        process.output().interrupt(() -> new KernelFailure(verdict));
      }
    }
    if (!more.isEmpty()) {
      notifyAll();
    }
  }

  /** Also a patient kernel may find a stall there that nobody has provoked. */
  private boolean isOfTheRig(Verdict verdict) {
    return verdict.report().contains(OF_THE_RIG) || STALLS.contains(verdict.kind()) && !expectation.covers(verdict);
  }

  /** The first one counts: an oops that was expected may well end in a panic, and that in a reset by triple fault. */
  private boolean isAfterExpected(Verdict verdict) {
    return (verdict.kind() == VerdictKind.PANIC || verdict.kind() == VerdictKind.TRIPLE_FAULT)
        && verdicts.stream().anyMatch(expectation::covers);
  }

  /** What does not fail a test from now on; what has failed one is forgotten. */
  synchronized void expect(Expectation wanted) {
    expectation = wanted;
    failure = Optional.empty();
    awaited = verdicts.size();
    process.output().goOn();
  }

  /** The first that nobody expected. */
  synchronized Optional<KernelFailure> failure() { return failure; }

  synchronized List<Verdict> verdicts() { return List.copyOf(verdicts); }

  /** Whether one has come that was expected, if one has to. */
  synchronized boolean isContent() {
    return expectation.mayBeMissing() || verdicts.stream().anyMatch(expectation::covers);
  }

  /** Waits for a verdict that no earlier call has returned, expected or not. */
  synchronized Verdict await(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (verdicts.size() <= awaited) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new RigError(
            "waited too long for a verdict; there were " + verdicts.stream().map(Verdict::title).toList());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigError("interrupted while waiting for a verdict", e);
      }
    }
    return verdicts.get(awaited++);
  }
}
