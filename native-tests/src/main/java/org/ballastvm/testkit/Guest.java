package org.ballastvm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.rig.Transcript;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.testkit.agent.AgentError;
import org.ballastvm.testkit.agent.GuestCommand;
import org.ballastvm.testkit.agent.GuestResult;
import org.ballastvm.testkit.ktap.Ktap;
import org.ballastvm.testkit.ktap.KtapNodes;
import org.ballastvm.testkit.look.GuestMemoryView;
import org.ballastvm.testkit.verdict.Verdict;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.DynamicNode;

/**
 * A Linux guest of Ballast: its console takes commands, its monitor takes lines, and the resident memory of its process
 * can be read. It runs on this host, or in the rig; a test sees no difference but in speed.
 *
 * <p>
 * Everything that waits throws {@link KernelFailure} as soon as the kernel goes wrong, {@link LostMachine} when the machine ended
 * instead, {@link BallastFault} when Ballast crashed, and {@link RigError} when it waited too long; the message holds the last that
 * the guest said. Times are generous, for the rig is slow: a test that waits for a condition ends as
 * soon as it holds.
 */
public final class Guest implements AutoCloseable {
  /** What the slowest sensible command takes in the rig. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);
  /** What {@link #HOST} is mounted by. */
  static final String HOST_TAG = "host";
  /** The host's files for a guest, which cannot change them: the value of {@code -virtfs}. Its kernel must know 9P. */
  public static final String HOST = "local,path=/,mount_tag=" + HOST_TAG
      + ",security_model=none,readonly=on,multidevs=remap";

  private static final Pattern UP = Pattern.compile("LAB-UP (\\S+) uptime (\\S+)\r?\n");
  private static final Duration POLL = Duration.ofMillis(100);

  private final GuestHost host;
  private final HostedProcess process;
  private final int monitorPort;
  private final Optional<Integer> agentPort;
  private final GuestWatch watch;
  private final GuestWait wait;
  private final GuestShell shell;
  private GuestMonitor monitor;
  private Agent agent;
  private String kernelRelease = "";

  private Guest(GuestHost host, HostedProcess process, int monitorPort, Optional<Integer> agentPort) {
    this.host = host;
    this.process = process;
    this.monitorPort = monitorPort;
    this.agentPort = agentPort;
    this.watch = GuestWatch.of(host, process);
    this.wait = new GuestWait(process, watch, this::monitor, this::lastWords);
    this.shell = new GuestShell(process, wait, this::lastWords, PATIENCE);
  }

  /**
   * Starts a guest and waits until it takes commands.
   *
   * @throws RigError if it does not come up
   */
  public static Guest boot(GuestHost host, GuestConfig config) { return up(start(host, config)); }

  /**
   * Starts a guest and does not wait for it.
   *
   * @throws RigError if the host cannot run Ballast
   */
  public static Guest start(GuestHost host, GuestConfig config) {
    return start(host, GuestHosts.imageOf(config), config);
  }

  /**
   * Starts a guest from files and does not wait for it.
   *
   * @param image what it boots; the config's kernel does not count
   * @throws RigError if the host cannot run Ballast
   */
  public static Guest start(GuestHost host, GuestImage image, GuestConfig config) {
    int port = host.freePort();
    Optional<Integer> agentPort = config.agent() ? Optional.of(host.freePort()) : Optional.empty();
    List<String> arguments = config.arguments(image, port, GuestWatch.kernelWords(host));
    agentPort.ifPresent(number -> arguments.addAll(AgentPort.options(number)));
    return new Guest(host, host.start(Ballast.command(arguments, config.jvmOptions())), port, agentPort);
  }

  /**
   * Boots a guest of another VMM that takes QEMU's options, to lay the two side by side.
   *
   * @param vmm the program and what stands before the options of the guest
   * @throws RigError if it does not come up
   */
  public static Guest bootElsewhere(GuestHost host, List<String> vmm, GuestConfig config) {
    int port = host.freePort();
    List<String> command = new ArrayList<>(vmm);
    command.addAll(config.arguments(GuestHosts.imageOf(config), port, GuestWatch.kernelWords(host)));
    return up(new Guest(host, host.start(HostedCommand.of(command)), port, Optional.empty()));
  }

  /** Waits until a guest takes commands; one that does not come up is ended. */
  private static Guest up(Guest guest) {
    try {
      guest.awaitUp();
      return guest;
    } catch (RigError e) {
      guest.close();
      throw e;
    }
  }

  /** Waits until the guest, just started or rebooted, takes commands. */
  public void awaitUp() {
    try {
      kernelRelease = wait.until(UP, PATIENCE, false).match().group(1);
    } catch (LostMachine | BallastFault e) {
      throw e;
    } catch (RigError e) {
      throw new RigError("the guest did not come up; " + lastWords(), e);
    }
    shell.begun();
    run("stty -echo");
  }

  /** {@return the kernel that runs, as {@code uname -r} says it} */
  public String kernelRelease() {
    return kernelRelease;
  }

  /**
   * Runs a line in the guest's shell (busybox ash).
   *
   * @return what it wrote, on both streams
   * @throws RigError if its exit status is not 0, if it does not end in {@link #PATIENCE}, or if a line before it has not ended
   */
  public String run(String line) {
    CommandResult result = tryToRun(line);
    if (result.status() != 0) {
      throw new RigError("in the guest, '" + line + "' ended with " + result.status() + ": " + result.output());
    }
    return result.output();
  }

  /** {@return what a line in the guest's shell wrote, and how it ended} */
  public CommandResult tryToRun(String line) {
    GuestShell.Answer answer = shell.run(line, PATIENCE);
    return new CommandResult(answer.output(), answer.status());
  }

  /** The same, of a place that is named, for what is done with the results besides. */
  Ktap selftests(Kselftest tests, String collection) {
    return tests.run(collection, line -> shell.run(line, Kselftest.PATIENCE).output(), () -> console().text());
  }

  /**
   * Runs a program in the guest beside the console, over a channel of its own.
   *
   * @param words the program, found on {@code PATH}, and its arguments; no shell reads them
   * @return its output, its errors and its exit status
   * @throws AgentError if it cannot be run
   * @throws RigError if the guest was not booted with its agent
   */
  public GuestResult exec(String... words) { return agent().run(GuestCommand.of(words)); }

  /**
   * Connects to the guest's agent; the guest must be up.
   *
   * @return what runs programs in it, many at once, and brings files both ways
   * @throws RigError if the guest was not booted with it
   */
  public synchronized Agent agent() {
    if (agent == null) {
      int port = agentPort.orElseThrow(() -> new RigError("the guest runs no agent: boot it with @Boot(agent = true)"));
      agent = AgentPort.connect(host, port);
    }
    return agent;
  }

  /**
   * The tests of KUnit that the kernel has run so far, built in or as modules, one dynamic test a case: for a method with
   * {@code @TestFactory}. They are read from the kernel's log, which must be large enough ({@code log_buf_len=4M}).
   */
  public Stream<DynamicNode> kunit() { return KtapNodes.of(Ktap.parse(run("dmesg"))); }

  /**
   * Runs a collection of the kernel's selftests, one dynamic test a case: for a method with {@code @TestFactory}. They are
   * those that the property {@code ballast.kselftest} names, as {@code make -C tools/testing/selftests install} leaves them.
   * The guest needs {@code -virtfs} with {@link #HOST}, and takes its programs from there.
   *
   * @param collection as {@code memory-hotplug}
   * @throws RigError if they are not there, or cannot be run, or do not end in ten minutes
   */
  public Stream<DynamicNode> kselftest(String collection) {
    return KtapNodes.of(selftests(Kselftest.ofProperty(), collection));
  }

  /** Types a line on the console and does not wait for anything. */
  public void type(String line) { shell.type(line); }

  /**
   * How a command in the guest ended.
   *
   * @param output what it wrote, on both streams
   * @param status its exit status
   */
  public record CommandResult(String output, int status) {}

  /** {@return all that the console has said} */
  public Transcript console() { return process.output(); }

  /**
   * Gives the human monitor a line.
   *
   * @return what it answers, without the prompt
   */
  public synchronized String monitor(String line) {
    if (monitor == null) {
      monitor = new GuestMonitor(() -> host.connect(monitorPort), this::isRunning);
    }
    try {
      return monitor.ask(line);
    } catch (RigError e) {
      // Its answer may come late, and would be taken for that of the next line: that has a connection of its own.
      monitor.close();
      monitor = null;
      throw e;
    }
  }

  /** {@return its memory, page tables and symbols, as they show from outside} */
  public GuestMemoryView memory() {
    return new GuestMemoryView(this::monitor, this::await);
  }

  /**
   * Has things go wrong with its devices, from now on.
   *
   * @param plan what
   * @throws RigError if one of them cannot; those before it can
   */
  public void inject(FaultPlan plan) { plan.inject(this::monitor); }

  /**
   * Has something go wrong with a device, from now on.
   *
   * @param device its id
   * @param words {@code what=KIND[,KEY=VALUE]...}
   * @throws RigError if it cannot
   */
  public void inject(String device, String words) { inject(FaultPlan.NONE.with(device, words)); }

  /** Takes all faults away; what they kept back comes. */
  public void clearFaults() { monitor("fault_clear"); }

  /** {@return what {@code /proc/meminfo} in the guest says for a word as {@code MemTotal}, in KiB} */
  public long memInfoKiB(String word) {
    Matcher line = Pattern.compile("(?m)^" + word + ": +(\\d+) kB").matcher(run("cat /proc/meminfo"));
    if (!line.find()) {
      throw new RigError("the guest's /proc/meminfo has no " + word);
    }
    return Long.parseLong(line.group(1));
  }

  /** {@return resident memory of the process that runs the guest, in KiB} */
  public long residentKiB() {
    return host.residentKiB(process.pid());
  }

  /** {@return its process id, where it runs} */
  public long pid() { return process.pid(); }

  /** {@return where it runs} */
  public GuestHost host() { return host; }

  /**
   * Sets the balloon's target and waits until the guest is there.
   *
   * @param mib what the guest is to keep, in MiB
   */
  public void balloon(long mib) {
    monitor("balloon " + mib);
    await("balloon at " + mib + " MiB", () -> monitor("info balloon").equals("balloon: actual=" + mib));
  }

  /** Waits until something holds. */
  public void await(String what, BooleanSupplier condition) {
    await(what, POLL, condition);
  }

  /**
   * Waits until something holds.
   *
   * @param what for people, if it never does
   * @param pause how long between two looks
   * @param condition what should hold
   */
  public void await(String what, Duration pause, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      watch.failure().ifPresent(failure -> {
        throw new KernelFailure(failure.verdict());
      });
      if (System.nanoTime() > deadline) {
        throw new RigError("waited too long for " + what + "; " + lastWords());
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigError("interrupted while waiting for " + what, e);
      }
    }
  }

  /** {@return the exit status of the process, for whose end this waits} */
  public int awaitEnd() {
    OptionalInt status = process.waitFor(PATIENCE);
    return status.orElseThrow(() -> new RigError("the machine does not end; " + lastWords()));
  }

  /** {@return what went wrong in the guest so far, in its order; the first one counts} */
  public List<Verdict> verdicts() {
    return watch.verdicts();
  }

  /**
   * Waits for a verdict, expected or not, that no earlier call has returned.
   *
   * @throws RigError if none comes
   */
  public Verdict awaitVerdict() { return watch.await(PATIENCE); }

  /**
   * Says which verdicts do not fail the test, as {@link Expect} does for a guest of a parameter. From now on: one that came before, and
   * ended waits, is forgiven.
   *
   * @param kinds all of them; none for none
   */
  public void expect(VerdictKind... kinds) { watch.expect(new Expectation(Set.of(kinds), "", true)); }

  GuestWatch watch() { return watch; }

  /** {@return whether its process still runs} */
  public boolean isRunning() {
    return process.waitFor(Duration.ZERO).isEmpty();
  }

  /** {@return the end of what the guest and Ballast said, for a message} */
  public String lastWords() {
    String console = process.output().text();
    String errors = process.errors().text().strip();
    return "the console ends with: " + console.substring(Math.max(0, console.length() - 2000)).strip()
        + (errors.isEmpty() ? "" : "\nballast says: " + errors);
  }

  /** Ends its process at once, also while somebody waits for an answer of it. */
  public void kill() { process.kill(); }

  /** Ends it, if it still runs. */
  @Override
  public synchronized void close() {
    if (agent != null) {
      agent.close();
    }
    if (monitor != null) {
      monitor.close();
    }
    if (isRunning()) {
      process.kill();
      process.waitFor(PATIENCE);
    }
  }
}
