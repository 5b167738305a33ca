package org.ballastvm.vmm.control;

import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.GenerationId;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-vm-generation-id} */
public final class QueryVmGenerationId
    implements
      QmpCommand<QmpCommand.NoArguments, QueryVmGenerationId.GuidInfo> {
  /** Which generation a machine is. */
  public record GuidInfo(@Member("its number") String guid) {}

  @Override
  public String name() { return "query-vm-generation-id"; }

  @Override
  public String help() { return "Returns which generation the machine is, by its vmgenid device."; }

  @Override
  public GuidInfo run(Machine vm, NoArguments arguments) {
    GenerationId generation = vm.devices().generation()
        .orElseThrow(() -> new UserError("VM Generation ID device not found"));
    return new GuidInfo(generation.id().toString());
  }
}
