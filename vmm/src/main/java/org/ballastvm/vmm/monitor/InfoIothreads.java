package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryIothreads;
import org.ballastvm.vmm.machine.Machine;

/** {@code info iothreads} */
final class InfoIothreads implements Command {
  @Override
  public List<String> names() { return List.of("iothreads"); }

  @Override
  public String help() { return "show iothreads"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryIothreads().run(vm, NoArguments.NONE).stream().map(InfoIothreads::show)
        .collect(Collectors.joining());
  }

  private static String show(QueryIothreads.IoThreadInfo thread) {
    return """
        %s:
          thread_id=%d
          poll-max-ns=%d
          poll-grow=%d
          poll-shrink=%d
          aio-max-batch=%d
        """.formatted(thread.id(), thread.threadId(), thread.pollMaxNs(), thread.pollGrow(), thread.pollShrink(),
        thread.aioMaxBatch());
  }
}
