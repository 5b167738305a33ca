package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.mem.MemTrace;
import org.ballastvm.vmm.event.Obstacle;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.diagnosis.DriverState;
import org.ballastvm.vmm.diagnosis.MemoryRequest;
import org.ballastvm.vmm.diagnosis.Verdict;
import org.ballastvm.vmm.wire.Member;

/** {@code query-memory-requests} */
public final class QueryMemoryRequests
    implements
      QmpCommand<QmpCommand.NoArguments, List<QueryMemoryRequests.MemoryRequestInfo>> {
  /** What a guest was asked to do with a memory device, and what became of it. */
  public record MemoryRequestInfo(@Member("of the device, if it has one") Optional<String> id,
      @Member("where it is in the object tree") String qomPath,
      @Member("what the guest should have of it, in bytes") long requestedSize,
      @Member("what it has, in bytes") long size,
      @Member("whether it owes an answer, or is not where it should be") boolean open,
      @Member("since when it is open, or how long it took") long milliseconds,
      @Member("of virtio-mem: how the driver stands to the device") Optional<DriverState> driver,
      @Member("of virtio-mem: what the driver was answered since it was asked") Optional<Answers> answers,
      @Member("of a DIMM: who has it, as far as the guest reported") Optional<String> state,
      @Member("while it is open: what the numbers point to") Optional<Obstacle> cause,
      @Member("while it is open: whether the guest will try again by itself") Optional<Boolean> trying,
      @Member("while it is open: cause and numbers in a sentence") Optional<String> reason) {}

  /** What a driver was answered. */
  public record Answers(@Member("done") long ack, @Member("would be more than is wanted") long nack,
      @Member("the host could not") long busy, @Member("against the rules") long error,
      @Member("the last request and its answer, if there was one") Optional<String> last) {}

  @Override
  public String name() { return "query-memory-requests"; }

  @Override
  public String help() {
    return "Returns what the guest was last asked to do with each memory device, how far it is, and why not further.";
  }

  @Override
  public List<MemoryRequestInfo> run(Machine vm, NoArguments arguments) {
    return vm.memoryRequests().all().stream().map(QueryMemoryRequests::info).toList();
  }

  private static MemoryRequestInfo info(MemoryRequest request) {
    Optional<DriverState> driver = Optional.empty();
    Optional<Answers> answers = Optional.empty();
    Optional<String> state = Optional.empty();
    switch (request.details()) {
      case MemoryRequest.Blocks blocks -> {
        driver = Optional.of(blocks.driver());
        answers = Optional.of(answers(blocks.trace()));
      }
      case MemoryRequest.Whole whole -> state = Optional.of(whole.state().words());
    }
    return new MemoryRequestInfo(request.id(), request.path(), request.requestedBytes(), request.sizeBytes(),
        request.open(), TimeUnit.NANOSECONDS.toMillis(request.ageNanos()), driver, answers, state,
        request.verdict().map(Verdict::cause), request.verdict().map(Verdict::trying),
        request.verdict().map(Verdict::reason));
  }

  private static Answers answers(MemTrace trace) {
    MemTrace.Answers given = trace.answers();
    return new Answers(given.ack(), given.nack(), given.busy(), given.error(),
        trace.last().isEmpty() ? Optional.empty() : Optional.of(trace.last()));
  }
}
