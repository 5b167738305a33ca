package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code object-del} */
public final class ObjectDel implements QmpCommand<ObjectDel.Id, QmpCommand.Done> {
  /** An object. */
  public record Id(@Member("of the object") String id) {}

  @Override
  public String name() { return "object-del"; }

  @Override
  public String help() { return "Deletes an object that nobody uses."; }

  @Override
  public Done run(Machine vm, Id which) {
    vm.objects().delete(which.id());
    return Done.DONE;
  }
}
