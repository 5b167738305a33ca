package org.ballastvm.testkit.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.images.GuestImages;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.testkit.agent.AgentError;
import org.ballastvm.testkit.agent.FailedStep;
import org.ballastvm.testkit.agent.GuestCommand;
import org.ballastvm.testkit.agent.GuestEnd;
import org.ballastvm.testkit.agent.GuestProcess;
import org.ballastvm.testkit.agent.TerminalSize;
import org.ballastvm.vmm.Vm;
import org.ballastvm.vmm.terminal.HostSignals;
import org.ballastvm.vmm.terminal.WindowSize;

/** One command in a guest of its own, with the manners of a program that runs here. */
public final class GuestRun {
  private static final int SYNC_SECONDS = 60;
  private static final Duration AFTER_THE_CHANNEL = Duration.ofSeconds(10);
  private static final Map<String, Integer> PASSED_SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);
  private static final int OF_SIGNAL = 128;

  private final RunWish wish;
  private final RunMachine machine;
  private final KernelLog log;
  private final CompletableFuture<Vm.End> machineEnded;
  private final CompletableFuture<Integer> left = new CompletableFuture<>();

  private GuestRun(RunWish wish, RunMachine machine) {
    this.wish = wish;
    this.machine = machine;
    this.log = machine.log(wish.console());
    this.machineEnded = machine.vm().whenEnded().toCompletableFuture();
  }

  /**
   * Runs it.
   *
   * @return the command's exit status, or one of {@link RunStatus}
   */
  public static int run(RunWish wish, GuestImages images) {
    try (RunMachine machine = RunMachine.start(wish, images)) {
      return new GuestRun(wish, machine).run();
    }
  }

  /**
   * Makes what a run takes, so that it is there.
   *
   * @return QEMU's options for its machine, but for those of its console and its agent
   * @throws org.ballastvm.images.ImageError if something cannot be had
   */
  public static List<String> prepare(RunWish wish, GuestImages images) { return RunMachine.options(wish, images); }

  private int run() {
    boolean onTerminal = Terminal.isPresent() && System.console().isTerminal();
    try (Agent agent = machine.agent(); GuestProcess process = agent.start(command(onTerminal))) {
      Terminal terminal = onTerminal ? Terminal.raw(false) : null;
      Thread putBack = new Thread(() -> {
        if (terminal != null) {
          terminal.close();
        }
      });
      Runtime.getRuntime().addShutdownHook(putBack);
      try (terminal) {
        if (onTerminal) {
          WindowSize.follow(() -> process.resize(size()));
        }
        passSignals(process);
        CommandStreams streams = new CommandStreams(process,
            onTerminal ? () -> left.complete(OF_SIGNAL + PASSED_SIGNALS.get("TERM")) : null);
        int status = await(process, streams);
        if (wish.root().writable() && !machineEnded.isDone()) {
          agent.sync(SYNC_SECONDS);
        }
        return status;
      }
    } catch (AgentError e) {
      return lost(e.getMessage());
    }
  }

  private GuestCommand command(boolean onTerminal) {
    Map<String, String> environment = new HashMap<>();
    if (wish.root() instanceof RunRoot.Folder folder && folder.isHosts()) {
      environment.putAll(System.getenv());
    } else {
      environment.putAll(GuestCommand.of("sh").environment());
      Optional.ofNullable(System.getenv("TERM")).ifPresent(term -> environment.put("TERM", term));
    }
    environment.putAll(wish.environment());
    GuestCommand command = GuestCommand.of(wish.command()).withEnvironment(environment).in(wish.directory())
        .as(wish.user());
    return onTerminal ? command.on(size()) : command;
  }

  private static TerminalSize size() {
    int[] size = Terminal.size();
    return new TerminalSize(size[0], size[1]);
  }

  /** The first goes to the command, which may go on; the second ends the machine. */
  private void passSignals(GuestProcess process) {
    AtomicBoolean again = new AtomicBoolean();
    PASSED_SIGNALS.forEach((name, number) -> HostSignals.take(name, () -> {
      if (again.getAndSet(true)) {
        left.complete(OF_SIGNAL + number);
      } else {
        process.signal(number);
      }
    }));
  }

  private int await(GuestProcess process, CommandStreams streams) {
    CompletableFuture<GuestEnd> ended = process.whenEnded().toCompletableFuture();
    CompletableFuture<Object> any = CompletableFuture.anyOf(ended, machineEnded, left);
    try {
      if (wish.timeout().isPresent()) {
        any.get(wish.timeout().get().toMillis(), TimeUnit.MILLISECONDS);
      } else {
        any.get();
      }
    } catch (TimeoutException e) {
      return say(RunStatus.TIMED_OUT, "the command had not ended after " + wish.timeout().get().toSeconds()
          + " s, and the guest was ended");
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return say(RunStatus.LOST, "interrupted");
    }
    if (left.isDone()) {
      return left.join();
    }
    if (ended.isDone() && !ended.isCompletedExceptionally()) {
      streams.awaitOutput();
      return ended.join().status();
    }
    return lost("the machine ended");
  }

  private int failed(Throwable cause) {
    if (!(cause instanceof AgentError error) || error.step() == FailedStep.CHANNEL) {
      return lost(String.valueOf(cause.getMessage()));
    }
    boolean missing = error.step() == FailedStep.PROGRAM && error.errno().equals(Optional.of(Errno.ENOENT));
    return say(missing ? RunStatus.NOT_FOUND : RunStatus.NOT_RUN, error.getMessage());
  }

  /** The channel may end a moment before the machine does. */
  private int lost(String why) {
    String reason = why;
    try {
      Vm.End end = machineEnded.get(AFTER_THE_CHANNEL.toSeconds(), TimeUnit.SECONDS);
      log.awaitEnd();
      reason = "the machine ended before the command did (" + end.reason() + ")";
    } catch (TimeoutException e) {
      reason += ", while the machine goes on";
    } catch (ExecutionException e) {
      reason += ": " + e.getCause().getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Optional<String> crash = Crash.read(log.text());
    return crash.isPresent()
        ? say(RunStatus.CRASHED, "the guest's kernel crashed: " + crash.get())
        : say(RunStatus.LOST, reason + "; the last that its kernel said:" + log.lastWords());
  }

  private static int say(int status, String sentence) {
    System.err.println("ballast: run: " + sentence);
    return status;
  }
}
