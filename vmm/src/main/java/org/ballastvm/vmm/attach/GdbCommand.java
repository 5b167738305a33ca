package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast gdb}: the host's GDB, connected to a machine that runs, with the symbols of its kernel where that is. */
public final class GdbCommand implements SubCommand {
  private static final int CANNOT = 1;

  @Override
  public String name() { return "gdb"; }

  @Override
  public String summary() { return "starts GDB for a machine's Linux, with its symbols, wherever KASLR has put it"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(Arguments.path("-k", "FILE|DIRECTORY", "the kernel's vmlinux, or the tree that it was built in; else"
        + " that of the host's debug packages, else what is in guest memory: names alone"));
    spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).paramLabel("NAME|PID|SOCKET")
        .type(String.class).description("a machine that 'ballast ps' lists, or the socket of one of its monitors")
        .build());
    spec.addPositional(PositionalParamSpec.builder().index("1..*").arity("0..*").paramLabel("WORD").type(List.class)
        .auxiliaryTypes(String.class).description("more for GDB's command line, behind --").build());
    spec.usageMessage().footer("The guest stands still while GDB is connected, until its 'continue'.");
  }

  @Override
  public int run(ParseResult given) {
    String target = given.matchedPositionalValue(0, "");
    Optional<Path> named = Optional.ofNullable(given.matchedOptionValue("-k", (Path) null)).map(KernelFile::named);
    List<String> words = given.matchedPositionalValue(1, List.of());
    CountDownLatch tidy = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> untilTidy(tidy), "gdb"));
    try {
      Path directory = Files.createTempDirectory("ballast-gdb");
      try {
        return start(target, named, words, directory);
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      System.err.println("ballast: gdb " + target + ": " + MonitorCommand.reason(e));
      return CANNOT;
    } finally {
      tidy.countDown();
    }
  }

  private static int start(String target, Optional<Path> named, List<String> words, Path directory) throws IOException {
    GdbPlan.Kernel kernel = GdbPlan.Kernel.parse(ask(target, "info kernel"));
    Optional<Path> vmlinux = named.or(() -> KernelFile.ofRelease(Path.of("/"), kernel.release()));
    Path symbols = directory.resolve("symbols");
    ask(target, "save_symbols " + (vmlinux.isPresent() ? "-m " : "") + "\"" + symbols + "\"");
    Optional<String> served = GdbPlan.served(ask(target, "info gdbserver"));
    Path socket = directory.resolve("socket");
    if (served.isEmpty()) {
      ask(target, "gdbserver unix:" + socket);
    }
    GdbPlan plan = vmlinux.isPresent()
        ? new GdbPlan(vmlinux.get(), kernel.offset(), Optional.of(symbols), served.orElse(socket.toString()))
        : new GdbPlan(symbols, 0, Optional.empty(), served.orElse(socket.toString()));
    System.err.println("ballast: gdb " + target + ": " + kernel.release() + ", symbols of "
        + vmlinux.map(Path::toString).orElse("the guest's memory, without types and lines"));
    try {
      return waitFor(gdb(plan.command(words)));
    } finally {
      if (served.isEmpty()) {
        ask(target, "gdbserver none");
      }
    }
  }

  private static Process gdb(List<String> command) {
    try {
      return new ProcessBuilder(command).inheritIO().start();
    } catch (IOException e) {
      throw new UserError("gdb: there is no gdb on this host that starts (Debian's package gdb): "
          + MonitorCommand.reason(e), e);
    }
  }

  /** Ctrl-C is GDB's, and comes to this process, too, which is to end only when it has tidied up behind GDB. */
  private static void untilTidy(CountDownLatch tidy) {
    try {
      tidy.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int waitFor(Process gdb) {
    while (true) {
      try {
        return gdb.waitFor();
      } catch (InterruptedException e) {
        gdb.destroy();
      }
    }
  }

  /** A line of the monitor. */
  private static String ask(String target, String line) throws IOException {
    String answer = MonitorCommand.answer(target, line);
    if (RemoteMonitor.isError(answer)) {
      throw new UserError("gdb " + target + ": " + answer.lines().findFirst().orElse("").replaceFirst("^Error: ", ""));
    }
    return answer;
  }

  private static void delete(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve("symbols"));
    Files.deleteIfExists(directory.resolve("socket"));
    Files.deleteIfExists(directory);
  }
}
