package org.ballastvm.vmm.cli;

import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;

/** QEMU's options for a machine of a program: those of the process, such as {@code -daemonize} and {@code -D}, are none. */
public final class MachineOptions {
  private MachineOptions() {}

  /**
   * Reads them.
   *
   * @param options as on the command line
   * @param notes   takes what the user should know of what was asked for
   * @return what they describe
   * @throws UserError if one is none, or asks for help
   */
  public static MachineConfig parse(List<String> options, Consumer<String> notes) {
    CommandLine line = CommandLine.parse(options)
        .orElseThrow(() -> new UserError("help is no machine; 'ballast -help' prints it"));
    if (line.daemonize() || line.logFile().isPresent() || !line.descriptors().isEmpty()) {
      throw new UserError("-daemonize, -D and -add-fd are for a process of its own: start it by 'ballast'");
    }
    line.notes().forEach(notes);
    return line.config();
  }
}
