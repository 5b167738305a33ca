package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemdev;
import org.ballastvm.vmm.machine.Machine;

/** {@code info memdev} */
final class InfoMemdev implements Command {
  @Override
  public List<String> names() { return List.of("memdev"); }

  @Override
  public String help() { return "show memory backends"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryMemdev().run(vm, NoArguments.NONE).stream().map(InfoMemdev::show)
        .collect(Collectors.joining("", "", "\n"));
  }

  private static String show(QueryMemdev.Memdev memdev) {
    return """
        memory backend: %s
          size:  %d
          merge: %b
          dump: %b
          prealloc: %b
          share: %b
          reserve: %b
          policy: %s
          host nodes: %s
        """.formatted(memdev.id(), memdev.size(), memdev.merge(), memdev.dump(), memdev.prealloc(), memdev.share(),
        memdev.reserve(), memdev.policy().name().toLowerCase(Locale.ROOT),
        memdev.hostNodes().stream().map(String::valueOf).collect(Collectors.joining(",")));
  }
}
