package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.devices.SerialPortDevice;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-chardev} */
public final class QueryChardev implements QmpCommand<QmpCommand.NoArguments, List<QueryChardev.ChardevInfo>> {
  /** A character device. */
  public record ChardevInfo(@Member("its id") String label,
      @Member("where it leads; disconnected: before it while it has no client") String filename,
      @Member("whether a serial port, a console or a monitor talks through it, or a virtserialport that the guest has open") boolean frontendOpen) {}

  @Override
  public String name() { return "query-chardev"; }

  @Override
  public String help() { return "Lists the character devices. One that is shared is listed twice, as QEMU does."; }

  @Override
  public List<ChardevInfo> run(Machine vm, NoArguments arguments) {
    Set<String> used = used(vm);
    List<ChardevInfo> all = new ArrayList<>();
    vm.chardevs().forEach((id, chardev) -> {
      all.add(new ChardevInfo(id, chardev.describe(), used.contains(id)));
      chardev.shared().map(Chardev::describe)
          .ifPresent(where -> all.add(new ChardevInfo(id + "-base", where, true)));
    });
    return all;
  }

  private static Set<String> used(Machine vm) {
    Set<String> used = new HashSet<>(vm.config().serials());
    vm.config().monitors().forEach(monitor -> used.add(monitor.chardev()));
    vm.devices().serialPorts().stream().filter(SerialPortDevice::isFrontendOpen)
        .forEach(port -> port.config().chardev().ifPresent(used::add));
    return used;
  }
}
