package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.TraceEventSetState;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.trace.TraceEvent;

/** {@code trace-event NAME on|off} */
final class TraceEventCommand implements Command {
  private static final String NAME = "trace-event";

  @Override
  public List<String> names() { return List.of(NAME); }

  @Override
  public String parameters() { return "name on|off [vcpu]"; }

  @Override
  public String help() { return "changes status of a specific trace event (vcpu: vCPU to set, default is all)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String name = arguments.word();
    boolean enable = switch (arguments.optionalWord().orElse("")) {
      case "on" -> true;
      case "off" -> false;
      default -> throw MonitorError.misuse("Expected 'on' or 'off'");
    };
    Optional<Long> vcpu = vcpu(NAME, arguments);
    arguments.end();
    return asQemuSaysIt(() -> {
      new TraceEventSetState().run(vm, new TraceEventSetState.Change(name, enable, Optional.empty(), vcpu));
      return "";
    });
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return switch (before.size()) {
      case 0 -> TraceEvent.labels();
      case 1 -> List.of("on", "off");
      default -> List.of();
    };
  }

  /** The number of a processor, if anything is left. */
  static Optional<Long> vcpu(String command, Arguments arguments) {
    Optional<Long> index = arguments.optionalNumber().stream().boxed().findFirst();
    index.filter(number -> number != (number & 0xffff_ffffL)).ifPresent(number -> {
      throw MonitorError.misuse("'" + command + "' has failed: integer is for 32-bit values");
    });
    return index;
  }

  /** These are the sentences that have no "Error:" in front. */
  static String asQemuSaysIt(Supplier<String> answer) {
    try {
      return answer.get();
    } catch (UserError e) {
      return e.getMessage() + "\n";
    }
  }
}
