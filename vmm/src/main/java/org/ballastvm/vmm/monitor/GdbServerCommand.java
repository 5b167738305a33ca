package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.function.BiFunction;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.ChardevOptions;
import org.ballastvm.vmm.gdb.GdbServer;
import org.ballastvm.vmm.machine.Machine;

/** {@code gdbserver [DEV|none]} */
final class GdbServerCommand implements Command {
  private static final String USUAL = "tcp::1234";
  private static final String ID = "compat_gdbserver";

  private final BiFunction<Machine, String, String> monitor;

  /** One whose clients have a monitor, which runs a line and returns what it prints. */
  GdbServerCommand(BiFunction<Machine, String, String> monitor) {
    this.monitor = monitor;
  }

  @Override
  public List<String> names() { return List.of("gdbserver"); }

  @Override
  public String parameters() { return "[device]"; }

  @Override
  public String help() { return "start gdbserver on given device (default 'tcp::1234'), stop with 'none'"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String device = arguments.optionalWord().orElse(USUAL);
    arguments.end();
    GdbServer.end(vm); // First: the next may be on the same port.
    if (device.equals("none")) {
      return "Disabled gdbserver\n";
    }
    Chardev chardev = vm.openChardev(ChardevOptions.parseDebugger("gdbserver", device, ID));
    try {
      GdbServer.serve(vm, chardev, line -> monitor.apply(vm, line), chardev::close);
    } catch (RuntimeException e) {
      chardev.close();
      throw e;
    }
    return "Waiting for gdb connection on device '" + device + "'\n";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("none", USUAL) : List.of();
  }
}
