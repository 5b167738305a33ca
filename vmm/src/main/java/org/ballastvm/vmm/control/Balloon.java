package org.ballastvm.vmm.control;

import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code balloon} */
public final class Balloon implements QmpCommand<Balloon.Target, QmpCommand.Done> {
  /** How much the guest should have. */
  public record Target(@Member("memory that the guest should have, in bytes") long value) {}

  @Override
  public String name() { return "balloon"; }

  @Override
  public String help() {
    return "Asks the guest to have that much memory: the rest of it goes into the balloon. BALLOON_CHANGE reports how far it is."
        + " The balloon's automatic mode ends by it.";
  }

  @Override
  public Done run(Machine vm, Target target) {
    BalloonDevice balloon = active(vm);
    if (target.value() <= 0) {
      throw new UserError("Parameter 'target' expects a size");
    }
    // Two who set the same target would undo each other's work for ever.
    vm.devices().autoBalloon().ifPresent(auto -> auto.switchOff("a target was set by hand"));
    long sizeBytes = vm.devices().sizes().baseAndDimmBytes();
    // As in QEMU, to ask for more than there is asks for all.
    balloon.setTargetBytes(sizeBytes - Math.min(target.value(), sizeBytes));
    return Done.DONE;
  }

  static BalloonDevice active(Machine vm) {
    return vm.devices().balloon()
        .orElseThrow(() -> new UserError(UserError.Kind.DEVICE_NOT_ACTIVE, "No balloon device has been activated"));
  }
}
