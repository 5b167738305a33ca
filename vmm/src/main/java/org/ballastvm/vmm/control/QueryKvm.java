package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-kvm} */
public final class QueryKvm implements QmpCommand<QmpCommand.NoArguments, QueryKvm.KvmInfo> {
  /** Whether it runs on KVM. */
  public record KvmInfo(@Member("always true: it runs on nothing else") boolean enabled,
      @Member("always true") boolean present) {}

  @Override
  public String name() { return "query-kvm"; }

  @Override
  public String help() { return "Returns whether the machine runs on KVM."; }

  @Override
  public KvmInfo run(Machine vm, NoArguments arguments) { return new KvmInfo(true, true); }
}
