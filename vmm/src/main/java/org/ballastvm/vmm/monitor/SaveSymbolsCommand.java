package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.control.SaveSymbols;
import org.ballastvm.vmm.machine.Machine;

/** {@code save_symbols [-m] FILE} */
final class SaveSymbolsCommand implements Command {
  @Override
  public List<String> names() { return List.of("save_symbols"); }

  @Override
  public String parameters() { return "[-m] file"; }

  @Override
  public String help() {
    return "save the symbols of a Linux guest as an ELF file for GDB (read from guest memory; -m: those of modules alone)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean modulesOnly = arguments.flag('m');
    String file = arguments.word();
    arguments.end();
    new SaveSymbols().run(vm, new SaveSymbols.Wanted(file, Optional.of(modulesOnly)));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-m") : List.of();
  }
}
