package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QuerySymbols;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.machine.Machine;

/** {@code info symbol ADDR|NAME} */
final class InfoSymbol implements Command {
  /** What begins as a word of C is a name; a number, computed or not, begins otherwise. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_.][\\w.$]*");

  @Override
  public List<String> names() { return List.of("symbol"); }

  @Override
  public String parameters() { return "addr|name"; }

  @Override
  public String help() {
    return "show the symbol of a Linux guest that 'addr' is in, or the addresses of 'name' (read from guest memory)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    if (arguments.comes(NAME)) {
      String name = arguments.word();
      arguments.end();
      return new QuerySymbols().run(vm, new QuerySymbols.Wanted(name)).stream()
          .map(symbol -> "%016x: %s+0x0/0x%x%s\n".formatted(symbol.address(), name, symbol.size(),
              symbol.module().map(module -> " [" + module + "]").orElse("")))
          .collect(Collectors.joining());
    }
    long address = arguments.number();
    arguments.end();
    return GuestKernel.look(vm, kernel -> "%016x: %s\n".formatted(address, kernel.symbol(address)));
  }
}
