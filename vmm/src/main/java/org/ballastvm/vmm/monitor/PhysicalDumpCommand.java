package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code xp /FMT ADDR} */
final class PhysicalDumpCommand implements Command {
  @Override
  public List<String> names() { return List.of("xp"); }

  @Override
  public String parameters() { return "/fmt addr"; }

  @Override
  public String help() { return "physical memory dump starting at 'addr'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    DumpFormat format = arguments.format();
    long address = arguments.number();
    arguments.end();
    return MemoryDump.of(format, address, MemoryDump.physical(vm.ram()));
  }
}
