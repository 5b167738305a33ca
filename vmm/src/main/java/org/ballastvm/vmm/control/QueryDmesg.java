package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-dmesg} */
public final class QueryDmesg implements QmpCommand<QmpCommand.NoArguments, QueryDmesg.DmesgInfo> {
  /** The log of a guest's kernel. */
  public record DmesgInfo(@Member("lines, each with its end") String text) {}

  @Override
  public String name() { return "x-ballast-query-dmesg"; }

  @Override
  public String help() {
    return "Returns the log of a Linux guest's kernel, read from guest memory: also what never came to a console.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public DmesgInfo run(Machine vm, NoArguments arguments) {
    return new DmesgInfo(GuestKernel.look(vm, GuestKernel::log));
  }
}
