package org.ballastvm.vmm.control;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.kvm.FdSets;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code add-fd} */
public final class AddFd implements QmpCommand<AddFd.Added, AddFd.AddfdInfo> {
  /** Where it goes. */
  public record Added(@Member("the set; a new one without") Optional<Long> fdsetId,
      @Member("what its giver calls it") Optional<String> opaque) {}

  /** Where it is. */
  public record AddfdInfo(@Member("the set") long fdsetId, @Member("its number in this process") long fd) {}

  @Override
  public String name() { return "add-fd"; }

  @Override
  public String help() {
    return "Adds a descriptor that came with this command, by SCM_RIGHTS, to a set: /dev/fdset/ID.";
  }

  @Override
  public AddfdInfo run(Machine vm, Added arguments) { return run(vm, arguments, Passed.none()); }

  @Override
  public AddfdInfo run(Machine vm, Added arguments, Passed passed) {
    PassedDescriptor descriptor = passed.require();
    int number = descriptor.number();
    if (arguments.fdsetId().filter(id -> id < 0 || id > Integer.MAX_VALUE).isPresent()) {
      descriptor.close();
      throw new UserError("Parameter 'fdset-id' expects a non-negative value");
    }
    OptionalInt set = arguments.fdsetId().map(id -> OptionalInt.of(id.intValue())).orElse(OptionalInt.empty());
    return new AddfdInfo(FdSets.ofProcess().add(descriptor, set, arguments.opaque()), number);
  }
}
