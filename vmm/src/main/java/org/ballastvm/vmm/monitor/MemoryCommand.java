package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.control.MemorySet;
import org.ballastvm.vmm.goal.MemoryGoal;
import org.ballastvm.vmm.machine.AddressSpace;
import org.ballastvm.vmm.machine.Machine;

/** {@code memory set SIZE} and {@code memory show} */
final class MemoryCommand implements Command {
  @Override
  public List<String> names() { return List.of("memory"); }

  @Override
  public String parameters() { return "show|set size"; }

  @Override
  public String help() {
    return "bring the guest to a total (such as 6G) by virtio-mem, DIMMs and balloon, or draw its address space";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String what = arguments.word();
    return switch (what) {
      case "set" -> {
        String size = arguments.word();
        arguments.end();
        yield set(vm, ByteSize.parse("memory set " + size, size, 1));
      }
      case "show" -> {
        arguments.end();
        yield goal(vm) + AddressSpace.draw(vm);
      }
      default -> throw MonitorError.misuse("memory: '" + what + "' is not one of set, show");
    };
  }

  private static String set(Machine vm, long wanted) {
    StringBuilder text = new StringBuilder();
    List<String> steps = new MemorySet().run(vm, new MemorySet.Total(wanted)).steps();
    steps.forEach(step -> text.append(step).append('\n'));
    return text.append(goal(vm)).toString();
  }

  /** The last goal in a line. */
  private static String goal(Machine vm) {
    MemoryGoal goals = vm.memoryGoal();
    String has = "the guest has " + ByteSize.describe(goals.actualBytes());
    return goals.status().map(goal -> {
      String wanted = "; it should have " + ByteSize.describe(goal.wantedBytes())
          + (goal.plannedBytes() == goal.wantedBytes()
              ? ""
              : " (the nearest is " + ByteSize.describe(goal.plannedBytes()) + ")");
      String took = String.format(Locale.ROOT, "%.1f s", goal.nanos() / (double) TimeUnit.SECONDS.toNanos(1));
      String far = switch (goal.state()) {
        case UNDER_WAY -> ", which was asked for " + took + " ago";
        case REACHED -> ", reached after " + took;
        case FAILED -> ", given up after " + took;
      };
      return has + wanted + far + goal.reason().map(reason -> ": " + reason).orElse("") + "\n";
    }).orElse(has + "\n");
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("set", "show") : List.of();
  }
}
