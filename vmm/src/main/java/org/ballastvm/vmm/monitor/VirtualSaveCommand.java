package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.look.LinearMemory;
import org.ballastvm.vmm.machine.Machine;

/** {@code memsave ADDR SIZE FILE} */
final class VirtualSaveCommand implements Command {
  @Override
  public List<String> names() { return List.of("memsave"); }

  @Override
  public String parameters() { return "addr size file"; }

  @Override
  public String help() { return "save to disk virtual memory dump starting at 'addr' of size 'size'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    long address = arguments.number();
    long size = arguments.number();
    String file = arguments.word();
    arguments.end();
    LinearMemory memory = new LinearMemory(vm.ram(), CpuState.of(vm, 0));
    SaveFile.write(file, address, size, (at, into, length) -> {
      if (!memory.read(at, into, length)) {
        throw new MonitorError("Invalid addr 0x%016x/size %d specified".formatted(address, size));
      }
    });
    return "";
  }
}
