package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-fault-inject} */
public final class FaultInject implements QmpCommand<FaultInject.Wish, QmpCommand.Done> {
  /** What goes wrong with which device. */
  public record Wish(@Member("its id, or its path in the object tree") String device,
      @Member("what=KIND[,KEY=VALUE]..., as -fault has it behind the device") String fault) {}

  @Override
  public String name() { return "x-ballast-fault-inject"; }

  @Override
  public String help() { return "Has something go wrong with a device: at once, or on the occasions that it names."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Wish wish) {
    inject(vm, FaultConfig.parse(wish.device(), wish.device(), wish.fault()));
    return Done.DONE;
  }

  /**
   * Injects a fault.
   *
   * @param vm the machine
   * @param wish what goes wrong
   * @throws org.ballastvm.vmm.config.UserError if there is no such device, or such a fault cannot happen to it
   */
  public static void inject(Machine vm, FaultConfig wish) {
    vm.devices().faults().inject(wish.device(), wish.fault());
  }
}
