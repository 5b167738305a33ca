package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.config.WatchdogAction;
import org.ballastvm.vmm.machine.Machine;

/** {@code watchdog_action ACTION} */
final class WatchdogActionCommand implements Command {
  @Override
  public List<String> names() { return List.of("watchdog_action"); }

  @Override
  public String parameters() { return "[reset|shutdown|poweroff|pause|debug|none|inject-nmi]"; }

  @Override
  public String help() { return "change watchdog action"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String word = arguments.word();
    arguments.end();
    vm.setWatchdogAction(WatchdogAction.of(word)
        .orElseThrow(() -> new MonitorError("Unknown watchdog action '" + word + "'")));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? WatchdogAction.words() : List.of();
  }
}
