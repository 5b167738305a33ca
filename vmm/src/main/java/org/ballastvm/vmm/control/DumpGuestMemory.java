package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.config.FileName;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.dump.DumpWish;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code dump-guest-memory} */
public final class DumpGuestMemory implements QmpCommand<DumpGuestMemory.Wanted, QmpCommand.Done> {
  private static final String FILE = "file:";

  /** What is dumped, how and where to. */
  public record Wanted(@Member("must be false: addresses in the file are physical") boolean paging,
      @Member("file: and the name of a file") String protocol,
      @Member("to answer at once, and emit DUMP_COMPLETED at the end") Optional<Boolean> detach,
      @Member("the first physical address; with length") Optional<Long> begin,
      @Member("how many bytes from there on") Optional<Long> length,
      @Member("elf, which it is without") Optional<String> format) {}

  @Override
  public String name() { return "dump-guest-memory"; }

  @Override
  public String help() {
    return "Writes the guest's memory and registers to a core file (ELF), which crash and GDB read. The guest stands still"
        + " meanwhile. Pages of zeros are holes.";
  }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    wanted.format().filter(format -> !format.equals("elf")).ifPresent(format -> {
      throw new UserError("Parameter 'format' is '" + format + "': must be elf; makedumpfile makes the kdump formats of"
          + " that");
    });
    if (wanted.paging()) {
      throw new UserError("Parameter 'paging' is true: must be false; tools for Linux walk the page tables themselves");
    }
    if (!wanted.protocol().startsWith(FILE)) {
      throw new UserError("Parameter 'protocol' is '" + wanted.protocol() + "': must be file:NAME");
    }
    boolean detach = wanted.detach().orElse(false);
    vm.dumps().begin(new DumpWish(FileName.path("protocol", wanted.protocol().substring(FILE.length())),
        part(wanted.begin(), wanted.length()), detach));
    return Done.DONE;
  }

  private static Optional<DumpWish.Part> part(Optional<Long> begin, Optional<Long> length) {
    if (begin.isPresent() != length.isPresent()) {
      throw new UserError("Parameter '" + (begin.isPresent() ? "length" : "begin") + "' is missing");
    }
    if (begin.isEmpty()) {
      return Optional.empty();
    }
    if (begin.get() < 0 || length.get() <= 0 || length.get() > Long.MAX_VALUE - begin.get()) {
      throw new UserError("Parameter 'length' is " + length.get() + " from " + begin.get()
          + ": must be above zero, and within the guest's addresses");
    }
    return Optional.of(new DumpWish.Part(begin.get(), length.get()));
  }
}
