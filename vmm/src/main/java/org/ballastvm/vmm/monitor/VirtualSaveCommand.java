package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.control.Memsave;
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
    new Memsave().run(vm, new Memsave.Wanted(address, size, file, Optional.empty()));
    return "";
  }
}
