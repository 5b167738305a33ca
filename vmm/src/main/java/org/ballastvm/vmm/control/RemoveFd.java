package org.ballastvm.vmm.control;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.kvm.FdSets;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.NamedDescriptors;
import org.ballastvm.vmm.wire.Member;

/** {@code remove-fd} */
public final class RemoveFd implements QmpCommand<RemoveFd.Removed, QmpCommand.Done> {
  /** What goes. */
  public record Removed(@Member("the set") int fdsetId,
      @Member("its number in this process; all of the set without") Optional<Long> fd) {}

  @Override
  public String name() { return "remove-fd"; }

  @Override
  public String help() { return "Closes a descriptor of a set, or all; files that were opened by it stay open."; }

  @Override
  public Done run(Machine vm, Removed arguments) {
    OptionalInt number = arguments.fd().map(fd -> OptionalInt.of(Math.clamp(fd, -1, Integer.MAX_VALUE)))
        .orElse(OptionalInt.empty());
    if (!FdSets.ofProcess().remove(arguments.fdsetId(), number)) {
      throw NamedDescriptors.notFound("fdset-id:" + arguments.fdsetId()
          + arguments.fd().map(fd -> ", fd:" + fd).orElse(""));
    }
    return Done.DONE;
  }
}
