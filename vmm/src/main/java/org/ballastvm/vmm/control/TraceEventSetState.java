package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code trace-event-set-state} */
public final class TraceEventSetState implements QmpCommand<TraceEventSetState.Change, QmpCommand.Done> {
  /** What is to be printed. */
  public record Change(@Member("of an event, or a pattern: * stands for any letters, ? for one") String name,
      @Member("whether they are to be printed") boolean enable,
      @Member("changes nothing: every event is available") Optional<Boolean> ignoreUnavailable,
      @Member("which processor; no event belongs to one") Optional<Long> vcpu) {}

  @Override
  public String name() { return "trace-event-set-state"; }

  @Override
  public String help() {
    return "Has trace events printed where the log goes, or no more. They are of the process: of all machines in it.";
  }

  @Override
  public Done run(Machine vm, Change change) {
    TraceEventGetState.find(vm, change.name(), change.vcpu()).forEach(event -> event.setPrinted(change.enable()));
    return Done.DONE;
  }
}
