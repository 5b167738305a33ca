package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.control.ObjectDel;
import org.ballastvm.vmm.machine.Machine;

/** {@code object_del ID} */
final class ObjectDelCommand implements Command {
  @Override
  public List<String> names() { return List.of("object_del"); }

  @Override
  public String parameters() { return "id"; }

  @Override
  public String help() { return "destroy QOM object"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String id = arguments.word();
    arguments.end();
    new ObjectDel().run(vm, new ObjectDel.Id(id));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty()
        ? Stream.concat(vm.objects().memory().all().stream().map(entry -> entry.backend().config().id()),
            vm.objects().threads().all().stream().map(thread -> thread.config().id())).toList()
        : List.of();
  }
}
