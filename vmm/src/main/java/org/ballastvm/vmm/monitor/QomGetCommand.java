package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QomGet;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.JsonText;

/** {@code qom-get PATH PROPERTY} */
final class QomGetCommand implements Command {
  @Override
  public List<String> names() { return List.of("qom-get"); }

  @Override
  public String parameters() { return "path property"; }

  @Override
  public String help() { return "print QOM property"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String path = arguments.word();
    String property = arguments.word();
    arguments.end();
    return JsonText.of(new QomGet().run(vm, new QomGet.Which(path, property))) + "\n";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return switch (before.size()) {
      case 0 -> QomWords.paths(vm, start);
      case 1 -> QomWords.readable(vm, before.getFirst());
      default -> List.of();
    };
  }
}
