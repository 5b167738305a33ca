package org.ballastvm.vmm.attach;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.monitor.TerminalMonitor;
import org.ballastvm.vmm.terminal.Keys;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast monitor}: the monitor of a machine that runs, ours or QEMU's, with a line editor on this terminal. */
public final class MonitorCommand implements SubCommand {
  private static final int CANNOT = 1;
  private static final long PATIENCE_MILLIS = 1000;

  @Override
  public String name() { return "monitor"; }

  @Override
  public String summary() { return "talks to the monitor of a machine, by its name, its pid or its socket"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
    spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).paramLabel("NAME|PID|SOCKET")
        .type(String.class)
        .description("a machine that 'ballast ps' lists, or the socket (PATH, unix:PATH or tcp:HOST:PORT) of a human"
            + " monitor or of QMP, Ballast's or QEMU's")
        .build());
    spec.addPositional(PositionalParamSpec.builder().index("1..*").arity("0..*").paramLabel("COMMAND").type(List.class)
        .auxiliaryTypes(String.class)
        .description("a command and its words: prints the answer, and ends with status 1 if that is an error. Without"
            + " one, commands come from standard input; on a terminal, with line editing, where Ctrl-D leaves and the"
            + " machine runs on")
        .build());
  }

  @Override
  public int run(ParseResult given) {
    String target = given.matchedPositionalValue(0, "");
    List<String> words = given.matchedPositionalValue(1, List.of());
    return ask(name(), target, words);
  }

  /**
   * Has a monitor run a command and prints the answer.
   *
   * @param command of ours, for what goes wrong
   * @param target a machine, or a socket
   * @param line the monitor's command
   * @return the exit status
   */
  static int ask(String command, String target, String line) { return ask(command, target, List.of(line)); }

  /**
   * Has a monitor run a command.
   *
   * @param target a machine, or a socket
   * @param line the monitor's command
   * @return the answer
   * @throws IOException if it cannot be reached, or the connection breaks
   */
  static String answer(String target, String line) throws IOException {
    try (Wire wire = Wire.connect(address(target))) {
      StringBuilder answer = new StringBuilder();
      open(wire, target, () -> {
        // Whoever reads sees it.
      }).run(line, answer::append);
      return answer.toString();
    }
  }

  private static int ask(String command, String target, List<String> words) {
    try (Wire wire = Wire.connect(address(target))) {
      Keys keys = new Keys(() -> {
        // The thread that fills it waits by itself.
      });
      return converse(open(wire, target, keys::end), words, keys);
    } catch (IOException e) {
      System.err.println("ballast: " + command + " " + target + ": " + reason(e));
      return CANNOT;
    }
  }

  /** What went wrong, in words. */
  static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Where a machine, or a socket, is. What is a file is meant as a file. */
  static String address(String target) throws IOException {
    if (target.startsWith("unix:") || target.startsWith("tcp:")) {
      return target;
    }
    if (target.contains("/") || Files.exists(Path.of(target))) {
      return "unix:" + target;
    }
    List<MachineEntry> found = RuntimeDirectory.ofUser(System.getenv()).running().stream()
        .filter(entry -> entry.name().equals(target) || Long.toString(entry.pid()).equals(target)).toList();
    if (found.size() > 1) {
      boolean ofOneProcess = found.stream().map(MachineEntry::pid).distinct().count() == 1;
      throw new UserError("monitor " + target + ": there are several of that " + (ofOneProcess
          ? "process; give one of their names: " + String.join(", ", found.stream().map(MachineEntry::name).toList())
          : "name; give one of their pids: "
              + String.join(", ", found.stream().map(entry -> Long.toString(entry.pid())).toList())));
    }
    return found.stream().map(entry -> "unix:" + entry.control()).findFirst()
        .orElseThrow(() -> new UserError("monitor " + target
            + ": there is no machine of that name or pid, and no socket; 'ballast ps' lists the machines"));
  }

  private static RemoteMonitor open(Wire wire, String target, Runnable ended) throws IOException {
    if (!wire.awaitInput(PATIENCE_MILLIS)) {
      System.err.println("ballast: monitor " + target + ": it is silent; a monitor serves one client at a time, so"
          + " this waits until the other has gone");
    }
    byte[] first = new byte[4096];
    int count = wire.read(first);
    if (count < 0) {
      throw new IOException("it closed the connection");
    }
    return first[0] == '{'
        ? new ProtocolMonitor(QmpClient.agree(wire, first, count, ended))
        : new PlainMonitor(wire, first, count, ended);
  }

  private static int converse(RemoteMonitor monitor, List<String> words, Keys keys) throws IOException {
    if (!words.isEmpty()) {
      return new Script(monitor).run(String.join(" ", words)) ? CANNOT : 0;
    }
    if (Terminal.isPresent() && TerminalMonitor.serves(System.getenv("TERM"))) {
      return MonitorSession.run(monitor, keys);
    }
    boolean failed = false;
    Script script = new Script(monitor);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (script.listens()) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      failed |= script.run(line);
    }
    return failed ? CANNOT : 0;
  }

  /** Commands whose answers are printed, and nothing else. */
  private static final class Script {
    private final RemoteMonitor monitor;
    private boolean listens = true;

    Script(RemoteMonitor monitor) { this.monitor = monitor; }

    boolean listens() { return listens; }

    /** {@return whether the answer was an error} */
    boolean run(String line) throws IOException {
      StringBuilder answer = new StringBuilder();
      listens = monitor.run(line, part -> {
        System.out.print(part);
        System.out.flush();
        answer.append(part);
      });
      if (!listens && !RemoteMonitor.isFarewell(line)) {
        throw new EOFException("the machine closed the connection");
      }
      return RemoteMonitor.isError(answer.toString());
    }
  }
}
