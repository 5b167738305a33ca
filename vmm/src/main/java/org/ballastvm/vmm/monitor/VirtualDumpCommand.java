package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.look.PageTables;
import org.ballastvm.vmm.machine.Machine;

/** {@code x /FMT ADDR} */
final class VirtualDumpCommand implements Command {
  @Override
  public List<String> names() { return List.of("x"); }

  @Override
  public String parameters() { return "[-k] /fmt addr"; }

  @Override
  public String help() {
    return "virtual memory dump starting at 'addr' (-k: by the kernel's page tables, where user mode has others)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean kernel = arguments.flag('k');
    DumpFormat format = arguments.format();
    long address = arguments.number();
    arguments.end();
    CpuState cpu = CpuState.of(vm, 0);
    PageTables tables = kernel ? PageTables.ofKernel(vm.ram(), cpu) : new PageTables(vm.ram(), cpu);
    return MemoryDump.of(format, address, new LinearMemory(vm.ram(), tables)::read);
  }
}
