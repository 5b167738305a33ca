package org.ballastvm.vmm.control;

import org.ballastvm.vmm.config.WatchdogAction;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code watchdog-set-action} */
public final class WatchdogSetAction implements QmpCommand<WatchdogSetAction.Wanted, QmpCommand.Done> {
  /** What is to be done. */
  public record Wanted(@Member("what is done") WatchdogAction action) {}

  @Override
  public String name() { return "watchdog-set-action"; }

  @Override
  public String help() { return "Sets what is done when the guest's watchdog expires, as -action watchdog= does."; }

  @Override
  public Done run(Machine vm, Wanted wanted) {
    vm.setWatchdogAction(wanted.action());
    return Done.DONE;
  }
}
