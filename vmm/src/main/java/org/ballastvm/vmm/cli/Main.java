package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.EndReason;
import org.ballastvm.vmm.SubCommand;
import org.ballastvm.vmm.Version;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.monitor.Monitors;

/** Where the process begins. */
public final class Main {
  /** Exit status for what the user got wrong, or the host refused before anything ran. */
  private static final int REFUSED = 2;
  private static final int CRASHED = 1;

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

  private static int run(String[] arguments) {
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
      System.err.println("ballast: " + e.getMessage() + hint(e));
      return REFUSED;
    }
  }

  private static int runSubCommand(String name, List<String> arguments) {
    StringBuilder known = new StringBuilder();
    for (SubCommand command : ServiceLoader.load(SubCommand.class)) {
      if (command.name().equals(name)) {
        return command.run(arguments);
      }
      known.append(known.isEmpty() ? "" : ", ").append(command.name());
    }
    throw new UserError(name + ": there is no such sub-command; there are " + known
        + "; a kernel is given with -kernel, and -help lists all options");
  }

  private static int runMachine(CommandLine line) {
    Logging.configure(line.logFile(), line.logItems());
    MachineConfig config = line.config();
    Machine machine = Machine.start(config, Monitors::attach);
    Thread onSignal = new Thread(machine::close, "shutdown");
    try {
      Runtime.getRuntime().addShutdownHook(onSignal);
      config.pidFile().ifPresent(Main::writePid);
      EndReason reason = machine.end().join();
      machine.close();
      return reason == EndReason.CRASHED ? CRASHED : reason.exitStatus();
    } finally {
      machine.close();
      config.pidFile().ifPresent(Main::deletePid);
    }
  }

  private static void writePid(Path file) {
    try {
      Files.writeString(file, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw new UserError("-pidfile " + file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static void deletePid(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.err.println("ballast: -pidfile " + file + ": cannot be removed: " + e.getMessage());
    }
  }

  private static String hint(HostError e) {
    if (e.operation().contains("/dev/kvm")) {
      if (e.errno().equals(Errno.EACCES) || e.errno().equals(Errno.EPERM)) {
        return ": add yourself to group kvm (sudo usermod -aG kvm $USER), and log in again";
      }
      if (e.errno().equals(Errno.ENOENT) || e.errno().equals(Errno.ENODEV) || e.errno().equals(Errno.ENXIO)) {
        return ": load kvm_intel or kvm_amd, and enable virtualization in the firmware; 'ballast doctor' tells more";
      }
    }
    return "";
  }
}
