package org.ballastvm.vmm.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.attach.Announcement;
import org.ballastvm.vmm.command.BuildCommand;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qmp.Monitors;
import org.ballastvm.vmm.state.Version;

/** Where the process begins. */
public final class Main {
  /** Exit status for what the user got wrong, or the host refused before anything ran. */
  private static final int REFUSED = 2;

  private Main() {}

  /**
   * Runs a machine, or a sub-command.
   *
   * @param arguments QEMU's options, or a sub-command and its arguments
   */
  public static void main(String[] arguments) {
    int status = run(arguments);
    System.out.flush();
    System.exit(status);
  }

  static int run(String[] arguments) {
    try {
      if (arguments.length == 1 && (arguments[0].equals("-version") || arguments[0].equals("--version"))) {
        System.out.println("Ballast " + Version.TEXT);
        return 0;
      }
      if (arguments.length > 0 && !arguments[0].startsWith("-")) {
        return runSubCommand(arguments[0], List.of(arguments).subList(1, arguments.length));
      }
      Optional<CommandLine> parsed = CommandLine.parse(Arrays.asList(arguments));
      return parsed.isEmpty() ? 0 : runMachine(parsed.get());
    } catch (UserError e) {
      System.err.println("ballast: " + e.getMessage());
      return REFUSED;
    } catch (HostError e) {
      System.err.println("ballast: " + e.getMessage() + HostHint.of(e));
      return REFUSED;
    }
  }

  private static int runSubCommand(String name, List<String> arguments) {
    Logging.configure(Optional.empty(), List.of(), List.of());
    for (BuildCommand command : ServiceLoader.load(BuildCommand.class)) {
      if (command.name().equals(name)) {
        return command.run(arguments);
      }
    }
    StringBuilder known = new StringBuilder();
    for (SubCommand command : SubCommands.all()) {
      if (command.name().equals(name)) {
        return SubCommands.run(command, arguments);
      }
      known.append(known.isEmpty() ? "" : ", ").append(command.name());
    }
    throw new UserError(name + ": there is no such sub-command; there are " + known
        + "; a kernel is given with -kernel, and -help lists all options");
  }

  private static int runMachine(CommandLine line) {
    line.descriptors().forEach(AddFdOption::apply);
    if (line.daemonize() && !Daemon.isThisProcess()) {
      return Daemon.launch();
    }
    Logging.neverWait();
    Daemon daemon = line.daemonize() ? Daemon.begin() : null;
    line.notes().forEach(note -> System.err.println("ballast: " + note));
    if (line.logHasTime()) {
      Logging.addTime();
    }
    Logging.configure(line.logFile(), line.logItems(), line.traces());
    MachineConfig config = line.config();
    PidFile pidFile = config.pidFile().map(PidFile::write).orElse(null);
    try (pidFile; Machine machine = Machine.start(config, Main::note, Main::attach)) {
      AtomicBoolean ended = new AtomicBoolean();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> endBySignal(machine, pidFile, ended.get()), "shutdown"));
      try {
        if (daemon != null) {
          daemon.up();
        }
        return machine.exitStatus();
      } finally {
        ended.set(true);
      }
    }
  }

  private static void note(String line) { System.err.println(line); }

  private static void attach(Machine machine) {
    Monitors.attach(machine);
    Announcement.of(machine);
  }

  /** A signal ends the process without the main thread. To be asked to end is no failure: status 0, as QEMU's. */
  private static void endBySignal(Machine machine, PidFile pidFile, boolean endedByItself) {
    if (endedByItself) {
      return;
    }
    machine.quit(MachineEvent.Cause.HOST_SIGNAL);
    machine.close();
    if (pidFile != null) {
      pidFile.close();
    }
    System.out.flush();
    Logging.drain();
    Runtime.getRuntime().halt(0);
  }
}
