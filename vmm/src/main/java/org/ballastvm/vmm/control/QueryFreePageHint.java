package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.vmm.event.MachineEvent.BalloonHintCompleted;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-balloon-free-page-hint} */
public final class QueryFreePageHint implements QmpCommand<QmpCommand.NoArguments, QueryFreePageHint.HintInfo> {
  /** How far a run is. */
  public enum Status {
    /** The guest was not asked since its driver started. */
    NONE,
    /** It was asked, and has not answered. */
    REQUESTED,
    /** It names its free memory. */
    NAMING,
    /** What it named is given back. */
    GIVING_BACK,
    /** That is done. */
    COMPLETED,
    /** Somebody wanted no more. */
    CANCELLED,
    /** The host has refused. */
    FAILED
  }

  /** How far it is; numbers are there as soon as they are known. */
  public record HintInfo(@Member("none, requested, naming, giving-back, completed, cancelled or failed") Status status,
      @Member("what the guest named as free, in bytes") Optional<Long> named,
      @Member("what of it nobody had written to, and the host has, in bytes") Optional<Long> givenBack,
      @Member("how often the guest was kept from running") Optional<Long> pauses,
      @Member("for how long at most, in microseconds") Optional<Long> longestPauseUs,
      @Member("for how long in all, in microseconds") Optional<Long> totalPauseUs) {
    private static HintInfo of(Status status) {
      return new HintInfo(status, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty());
    }
  }

  @Override
  public String name() { return "query-balloon-free-page-hint"; }

  @Override
  public String help() { return "Returns how far the guest is with naming its free memory, and what became of it."; }

  @Override
  public HintInfo run(Machine vm, NoArguments arguments) {
    return switch (Balloon.active(vm).hinting()) {
      case HintRun.Idle run -> HintInfo.of(Status.NONE);
      case HintRun.Requested run -> HintInfo.of(Status.REQUESTED);
      case HintRun.Reporting run -> HintInfo.of(Status.NAMING);
      case HintRun.GivingBack run -> new HintInfo(Status.GIVING_BACK, Optional.of(run.namedBytes()), Optional.empty(),
          Optional.empty(), Optional.empty(), Optional.empty());
      case HintRun.Complete run -> complete(BalloonHintCompleted.of(run));
    };
  }

  private static HintInfo complete(BalloonHintCompleted run) {
    return new HintInfo(Status.valueOf(run.status().name()), Optional.of(run.named()), Optional.of(run.givenBack()),
        Optional.of(run.pauses()), Optional.of(run.longestPauseUs()), Optional.of(run.totalPauseUs()));
  }
}
