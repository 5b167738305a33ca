package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-iothreads} */
public final class QueryIothreads implements QmpCommand<QmpCommand.NoArguments, List<QueryIothreads.IoThreadInfo>> {
  /** A thread for devices. */
  public record IoThreadInfo(String id, long threadId, long pollMaxNs, long pollGrow, long pollShrink,
      long aioMaxBatch) {}

  @Override
  public String name() { return "query-iothreads"; }

  @Override
  public String help() { return "Lists the threads that users made for devices: none, all devices share one loop."; }

  @Override
  public List<IoThreadInfo> run(Machine vm, NoArguments arguments) { return List.of(); }
}
