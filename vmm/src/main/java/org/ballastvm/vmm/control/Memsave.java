package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code memsave} */
public final class Memsave implements QmpCommand<Memsave.Wanted, QmpCommand.Done> {
  /** What is saved, and where to. */
  public record Wanted(@Member("the first virtual address") long val, @Member("in bytes") long size,
      @Member("the file, which is written from its start") String filename,
      @Member("whose page tables count, from 0; the first without") Optional<Long> cpuIndex) {}

  @Override
  public String name() { return "memsave"; }

  @Override
  public String help() { return "Saves guest memory, by a processor's virtual addresses, to a file."; }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    LinearMemory memory = new LinearMemory(vm.ram(), CpuState.of(vm, cpu(vm, wanted.cpuIndex())));
    SaveFile.write(wanted.filename(), wanted.val(), wanted.size(), (at, into, length) -> {
      if (!memory.read(at, into, length)) {
        throw new UserError("Invalid addr 0x%016x/size %d specified".formatted(wanted.val(), wanted.size()));
      }
    });
    return Done.DONE;
  }

  /** The processor of an index; the first without. */
  static int cpu(Machine vm, Optional<Long> index) {
    long cpu = index.orElse(0L);
    if (cpu < 0 || cpu >= vm.vcpus().size()) {
      throw new UserError("Parameter 'cpu-index' is " + cpu + ": must be a processor, 0 to " + (vm.vcpus().size() - 1));
    }
    return (int) cpu;
  }
}
