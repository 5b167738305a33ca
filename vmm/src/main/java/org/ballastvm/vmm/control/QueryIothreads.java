package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.devices.IoThread;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-iothreads} */
public final class QueryIothreads implements QmpCommand<QmpCommand.NoArguments, List<QueryIothreads.IoThreadInfo>> {
  /** A thread for a device. */
  public record IoThreadInfo(@Member("its id") String id, @Member("the host's number of it") long threadId,
      @Member("as it was given; the thread never polls") long pollMaxNs,
      @Member("as it was given") long pollGrow, @Member("as it was given") long pollShrink,
      @Member("as it was given") long aioMaxBatch) {}

  @Override
  public String name() { return "query-iothreads"; }

  @Override
  public String help() { return "Lists the threads that users made for devices."; }

  @Override
  public List<IoThreadInfo> run(Machine vm, NoArguments arguments) {
    return vm.objects().threads().all().stream().map(QueryIothreads::info).toList();
  }

  private static IoThreadInfo info(IoThread thread) {
    IoThreadConfig config = thread.config();
    return new IoThreadInfo(config.id(), thread.threadId(), config.pollMaxNs(), config.pollGrow(), config.pollShrink(),
        config.aioMaxBatch());
  }
}
