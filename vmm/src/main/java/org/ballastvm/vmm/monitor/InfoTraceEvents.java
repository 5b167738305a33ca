package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.TraceEventGetState;
import org.ballastvm.vmm.control.TraceEventGetState.TraceEventState;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.trace.TraceEvent;

/** {@code info trace-events [NAME]} */
final class InfoTraceEvents implements Command {
  private static final String NAME = "trace-events";

  @Override
  public List<String> names() { return List.of(NAME); }

  @Override
  public String parameters() { return "[name] [vcpu]"; }

  @Override
  public String help() {
    return "show available trace-events & their state (name: event name pattern; vcpu: vCPU to query, default is any)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String name = arguments.optionalWord().orElse("*");
    Optional<Long> vcpu = TraceEventCommand.vcpu(NAME, arguments);
    arguments.end();
    return TraceEventCommand
        .asQemuSaysIt(() -> new TraceEventGetState().run(vm, new TraceEventGetState.Which(name, vcpu)).stream()
            .map(event -> event.name() + " : state " + (event.state() == TraceEventState.ENABLED ? 1 : 0) + "\n")
            .collect(Collectors.joining()));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? TraceEvent.labels() : List.of();
  }
}
