package org.ballastvm.vmm.monitor;

import java.time.Instant;
import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryBalloon;
import org.ballastvm.vmm.control.QueryBalloonedPages;
import org.ballastvm.vmm.machine.Machine;

/** {@code info balloon [-v|-r|stats]}: without an argument it is QEMU's, which scripts read; the others are for people. */
final class InfoBalloon implements Command {
  private static final String STATISTICS = "stats";
  private static final String RESIDENT = "-r";

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return "[-v|-r|stats]"; }

  @Override
  public String help() {
    return "show balloon information (-v: sizes, limits, driver and automatic mode; -r: which pages in it somebody has written to; stats: what the guest reports of its memory)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean resident = arguments.keyword(RESIDENT);
    boolean all = !resident && arguments.flag('v');
    boolean statistics = !all && !resident && arguments.keyword(STATISTICS);
    arguments.end();
    String actual = "balloon: actual=" + (new QueryBalloon().run(vm, NoArguments.NONE).actual() >> 20) + "\n";
    if (resident) {
      return BalloonText.resident(new QueryBalloonedPages().run(vm, NoArguments.NONE));
    }
    if (statistics) {
      return BalloonText.statistics(vm, Instant.now());
    }
    return all ? actual + BalloonText.sizes(vm, Instant.now()) : actual;
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-v", RESIDENT, STATISTICS) : List.of();
  }
}
