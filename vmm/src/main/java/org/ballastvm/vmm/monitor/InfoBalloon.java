package org.ballastvm.vmm.monitor;

import java.util.List;

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
  public String run(VmControl vm, List<String> arguments) {
    requireAtMost(0, arguments);
    long ballooned = vm.balloon()
        .orElseThrow(() -> new MonitorError("No balloon device has been activated")).actualPages() << PAGE_SHIFT;
    // What the balloon holds is the guest's word: it may say more than it has.
    return "balloon: actual=" + (Math.max(0, vm.baseMemoryBytes() - ballooned) >> 20) + "\n";
  }
}
