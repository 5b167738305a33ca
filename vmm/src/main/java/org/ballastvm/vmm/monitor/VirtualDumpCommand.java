package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code x /FMT ADDR} */
final class VirtualDumpCommand implements Command {
  @Override
  public List<String> names() { return List.of("x"); }

  @Override
  public String parameters() { return "/fmt addr"; }

  @Override
  public String help() { return "virtual memory dump starting at 'addr'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    DumpFormat format = arguments.format();
    long address = arguments.number();
    arguments.end();
    return MemoryDump.of(format, address, new LinearMemory(vm.ram(), CpuState.of(vm, 0))::read);
  }
}
