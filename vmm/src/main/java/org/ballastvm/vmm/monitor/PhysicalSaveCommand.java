package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.Pmemsave;
import org.ballastvm.vmm.machine.Machine;

/** {@code pmemsave ADDR SIZE FILE} */
final class PhysicalSaveCommand implements Command {
  @Override
  public List<String> names() { return List.of("pmemsave"); }

  @Override
  public String parameters() { return "addr size file"; }

  @Override
  public String help() { return "save to disk physical memory dump starting at 'addr' of size 'size'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    long address = arguments.number();
    long size = arguments.number();
    String file = arguments.word();
    arguments.end();
    new Pmemsave().run(vm, new Pmemsave.Wanted(address, size, file));
    return "";
  }
}
