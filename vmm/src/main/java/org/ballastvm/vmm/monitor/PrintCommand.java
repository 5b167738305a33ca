package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code print /FMT EXPR} */
final class PrintCommand implements Command {
  @Override
  public List<String> names() { return List.of("print", "p"); }

  @Override
  public String parameters() { return "/fmt expr"; }

  @Override
  public String help() { return "print expression value (use $reg for CPU register access)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    DumpFormat format = arguments.format();
    long value = arguments.number();
    arguments.end();
    return format.showAlone(value) + "\n";
  }
}
