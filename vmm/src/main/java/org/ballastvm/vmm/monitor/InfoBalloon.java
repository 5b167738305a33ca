package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info balloon} */
final class InfoBalloon implements Command {
  private static final int PAGE_SHIFT = 12;

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "show balloon information"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    long ballooned = machine.balloon()
        .orElseThrow(() -> new MonitorError("Error: No balloon device has been activated")).actualPages() << PAGE_SHIFT;
    return "balloon: actual=" + ((machine.config().memory().sizeBytes() - ballooned) >> 20) + "\n";
  }
}
