package org.ballastvm.vmm.monitor;

import java.util.Optional;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code human-monitor-command} */
public final class HumanMonitorCommand implements QmpCommand<HumanMonitorCommand.Line, String> {
  /** A line of the human monitor. */
  public record Line(@Member("what a person would type") String commandLine,
      @Member("the processor it is about; it makes no difference here") Optional<Long> cpuIndex) {}

  @Override
  public String name() { return "human-monitor-command"; }

  @Override
  public String help() { return "Runs a line of the human monitor, and answers what that prints."; }

  @Override
  public String run(Machine vm, Line line) { return print(vm, line.commandLine()).replace("\n", "\r\n"); }

  /**
   * Runs a line.
   *
   * @param vm the machine; on its event loop
   * @param line what a person would type
   * @return what it prints, or its error; lines, each with its end
   */
  public static String print(Machine vm, String line) { return Commands.run(vm, line); }
}
