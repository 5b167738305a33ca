package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.SymbolFile;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-save-symbols} */
public final class SaveSymbols implements QmpCommand<SaveSymbols.Wanted, QmpCommand.Done> {
  /** Where to. */
  public record Wanted(@Member("the file, which is written from its start") String filename,
      @Member("without the kernel's own; default false") Optional<Boolean> modulesOnly) {}

  @Override
  public String name() { return "x-ballast-save-symbols"; }

  @Override
  public String help() {
    return "Saves the symbols of a Linux guest, read from guest memory, as an ELF file for GDB: its modules' too, at the"
        + " addresses that they have now.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    SaveFile.write(wanted.filename(),
        GuestKernel.look(vm, kernel -> SymbolFile.of(kernel, wanted.modulesOnly().orElse(false))));
    return Done.DONE;
  }
}
