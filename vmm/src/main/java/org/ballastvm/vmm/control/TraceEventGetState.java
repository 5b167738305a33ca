package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.trace.TraceEvent;
import org.ballastvm.vmm.wire.Member;

/** {@code trace-event-get-state} */
public final class TraceEventGetState
    implements
      QmpCommand<TraceEventGetState.Which, List<TraceEventGetState.TraceEventInfo>> {
  /** Some events. */
  public record Which(@Member("of an event, or a pattern: * stands for any letters, ? for one") String name,
      @Member("which processor; no event belongs to one") Optional<Long> vcpu) {}

  /** Whether an event is printed. */
  public enum TraceEventState {
    /** This build does not have it. */
    UNAVAILABLE,
    /** It is not. */
    DISABLED,
    /** It is. */
    ENABLED
  }

  /** An event. */
  public record TraceEventInfo(@Member("of the event") String name,
      @Member("whether it is switched for each processor: false") boolean vcpu,
      @Member("enabled or disabled") TraceEventState state) {
    private static TraceEventInfo of(TraceEvent event) {
      return new TraceEventInfo(event.label(), false,
          event.isOn() ? TraceEventState.ENABLED : TraceEventState.DISABLED);
    }
  }

  @Override
  public String name() { return "trace-event-get-state"; }

  @Override
  public String help() { return "Returns which trace events are printed as they happen."; }

  @Override
  public List<TraceEventInfo> run(Machine vm, Which which) {
    return find(vm, which.name(), which.vcpu()).stream().map(TraceEventInfo::of).toList();
  }

  /** The events of a name or a pattern. In QEMU some are of processors; here none is. */
  static List<TraceEvent> find(Machine vm, String name, Optional<Long> vcpu) {
    vcpu.filter(index -> index < 0 || index >= vm.vcpus().size()).ifPresent(index -> {
      throw new UserError("invalid vCPU index " + Integer.toUnsignedString(index.intValue()));
    });
    List<TraceEvent> events = TraceEvent.matching(name);
    if (TraceEvent.isPattern(name)) {
      return vcpu.isPresent() ? List.of() : events;
    }
    if (events.isEmpty()) {
      throw new UserError("unknown event \"" + name + "\"");
    }
    if (vcpu.isPresent()) {
      throw new UserError("event \"" + name + "\" is not vCPU-specific");
    }
    return events;
  }
}
