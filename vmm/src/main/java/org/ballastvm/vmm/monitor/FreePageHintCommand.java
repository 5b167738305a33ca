package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Locale;
import org.ballastvm.vmm.control.FreePageHint;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryFreePageHint;
import org.ballastvm.vmm.machine.Machine;

/** {@code free_page_hint start|stop|status} */
final class FreePageHintCommand implements Command {
  private static final int KIB_SHIFT = 10;

  @Override
  public List<String> names() { return List.of("free_page_hint"); }

  @Override
  public String parameters() { return "start|stop|status"; }

  @Override
  public String help() { return "have the guest name its free memory and give it back to the host"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String what = arguments.word();
    arguments.end();
    return switch (what) {
      case "start" -> run(vm, FreePageHint.Action.START);
      case "stop" -> run(vm, FreePageHint.Action.STOP);
      case "status" -> status(new QueryFreePageHint().run(vm, NoArguments.NONE));
      default -> throw new MonitorError("free_page_hint " + what + ": must be start, stop or status");
    };
  }

  private static String run(Machine vm, FreePageHint.Action action) {
    new FreePageHint().run(vm, new FreePageHint.What(action));
    return "";
  }

  private static String status(QueryFreePageHint.HintInfo info) {
    StringBuilder text = new StringBuilder("free_page_hint: ")
        .append(info.status().name().toLowerCase(Locale.ROOT).replace('_', ' ')).append("\n");
    info.named().ifPresent(bytes -> text.append("  named: " + (bytes >> KIB_SHIFT) + " KiB\n"));
    info.givenBack().ifPresent(bytes -> text.append("  given back: " + (bytes >> KIB_SHIFT) + " KiB\n"));
    info.pauses().ifPresent(count -> text.append("  pauses of the guest: " + count + ", at most "
        + info.longestPauseUs().orElse(0L) + " us, in all " + info.totalPauseUs().orElse(0L) + " us\n"));
    return text.toString();
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("start", "stop", "status") : List.of();
  }
}
