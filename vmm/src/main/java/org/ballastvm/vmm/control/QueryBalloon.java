package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-balloon} */
public final class QueryBalloon implements QmpCommand<QmpCommand.NoArguments, QueryBalloon.BalloonInfo> {
  /** How large the guest is. */
  public record BalloonInfo(@Member("memory that the guest has, in bytes") long actual) {}

  @Override
  public String name() { return "query-balloon"; }

  @Override
  public String help() { return "Returns how much memory the guest has, by its last report; the guest is not asked."; }

  @Override
  public BalloonInfo run(Machine vm, NoArguments arguments) {
    Balloon.active(vm);
    return new BalloonInfo(vm.devices().sizes().balloonedBytes());
  }
}
