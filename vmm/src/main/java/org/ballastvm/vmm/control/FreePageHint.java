package org.ballastvm.vmm.control;

import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code balloon-free-page-hint} */
public final class FreePageHint implements QmpCommand<FreePageHint.What, QmpCommand.Done> {
  /** What is to be done. */
  public enum Action {
    /** Ask the guest to name its free memory. */
    START,
    /** Ask for no more, and give back no more. */
    STOP
  }

  /** What is to be done. */
  public record What(@Member("start: ask the guest to name its free memory, and give back what nobody writes to; "
      + "stop: give back no more") Action action) {}

  @Override
  public String name() { return "balloon-free-page-hint"; }

  @Override
  public String help() {
    return "Has the guest name its free memory, and gives it back to the host; for a balloon with free-page-hint=on. "
        + "BALLOON_HINT_COMPLETED is emitted when it is done.";
  }

  @Override
  public Done run(Machine vm, What what) {
    BalloonDevice balloon = Balloon.active(vm);
    switch (what.action()) {
      case START -> start(balloon);
      case STOP -> balloon.stopHinting();
    }
    return Done.DONE;
  }

  private static void start(BalloonDevice balloon) {
    switch (balloon.hinting()) {
      case HintRun.Requested run -> throw underWay();
      case HintRun.Reporting run -> throw underWay();
      case HintRun.GivingBack run -> throw underWay();
      case HintRun.Idle idle -> ask(balloon);
      case HintRun.Complete last -> ask(balloon);
    }
  }

  private static UserError underWay() {
    return new UserError("the guest is asked for its free pages already; wait for it to be done, or stop it");
  }

  private static void ask(BalloonDevice balloon) {
    try {
      balloon.startHinting();
    } catch (IllegalStateException | ReclaimFailed e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
