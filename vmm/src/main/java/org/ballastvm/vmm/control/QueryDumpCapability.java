package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-dump-guest-memory-capability} */
final class QueryDumpCapability implements QmpCommand<QmpCommand.NoArguments, QueryDumpCapability.Capability> {
  /** What there is. */
  record Capability(@Member("formats of dump-guest-memory") List<String> formats) {}

  @Override
  public String name() { return "query-dump-guest-memory-capability"; }

  @Override
  public String help() { return "Returns the formats that dump-guest-memory has."; }

  @Override
  public Capability run(Machine vm, NoArguments arguments) { return new Capability(List.of("elf")); }
}
