package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-uuid} */
public final class QueryUuid implements QmpCommand<QmpCommand.NoArguments, QueryUuid.UuidInfo> {
  /** Who a machine is. */
  public record UuidInfo(@Member(value = "by -uuid; all zeros without", name = "UUID") String uuid) {}

  @Override
  public String name() { return "query-uuid"; }

  @Override
  public String help() { return "Returns the UUID that the machine was given."; }

  @Override
  public UuidInfo run(Machine vm, NoArguments arguments) { return new UuidInfo(vm.config().uuid().toString()); }
}
