package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryChardev;
import org.ballastvm.vmm.machine.Machine;

/** {@code info chardev} */
final class InfoChardev implements Command {
  @Override
  public List<String> names() { return List.of("chardev"); }

  @Override
  public String help() { return "show the character devices"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryChardev().run(vm, NoArguments.NONE).stream()
        .map(chardev -> chardev.label() + ": filename=" + chardev.filename() + "\n").collect(Collectors.joining());
  }
}
