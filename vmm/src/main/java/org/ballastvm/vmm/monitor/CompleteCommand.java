package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-complete} */
public final class CompleteCommand implements QmpCommand<CompleteCommand.Line, List<String>> {
  /** The start of a line of the human monitor. */
  public record Line(@Member("what a person has typed before the cursor") String line) {}

  @Override
  public String name() { return "x-complete"; }

  @Override
  public String help() { return "Returns what the last word of a line of the human monitor could become."; }

  @Override
  public List<String> run(Machine vm, Line line) { return Completion.of(vm, line.line()); }
}
