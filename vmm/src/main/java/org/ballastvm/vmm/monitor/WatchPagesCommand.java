package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.WatchPages;
import org.ballastvm.vmm.machine.Machine;

/** {@code watch_pages on|off} */
final class WatchPagesCommand implements Command {
  @Override
  public List<String> names() { return List.of("watch_pages"); }

  @Override
  public String parameters() { return "on|off"; }

  @Override
  public String help() { return "note which pages of guest memory are written to ('info written-pages'), or no more"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String word = arguments.word();
    arguments.end();
    if (!word.equals("on") && !word.equals("off")) {
      throw MonitorError.misuse("watch_pages: '" + word + "': must be on or off");
    }
    new WatchPages().run(vm, new WatchPages.Wanted(word.equals("on")));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("off", "on") : List.of();
  }
}
