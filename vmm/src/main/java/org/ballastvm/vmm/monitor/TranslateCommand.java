package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.OptionalLong;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code gva2gpa ADDR} */
final class TranslateCommand implements Command {
  @Override
  public List<String> names() { return List.of("gva2gpa"); }

  @Override
  public String parameters() { return "addr"; }

  @Override
  public String help() { return "print the guest physical address corresponding to a guest virtual address"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    long address = arguments.number();
    arguments.end();
    OptionalLong physical = new LinearMemory(vm.ram(), CpuState.of(vm, 0)).physical(address);
    return physical.isPresent() ? "gpa: 0x%x\n".formatted(physical.getAsLong()) : "Unmapped\n";
  }
}
