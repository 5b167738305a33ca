package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.control.Balloon;
import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code balloon N} */
final class BalloonCommand implements Command {
  private static final int MIB_SHIFT = 20;

  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String parameters() { return "target"; }

  @Override
  public String help() { return "request VM to change its memory allocation (in MB)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    long mebibytes = arguments.number();
    arguments.end();
    if (mebibytes < 0) {
      throw MonitorError.misuse("enter a positive value");
    }
    if (mebibytes > Long.MAX_VALUE >> MIB_SHIFT) {
      throw new MonitorError("Parameter 'target' expects a size");
    }
    new Balloon().run(vm, new Balloon.Target(mebibytes << MIB_SHIFT));
    return "";
  }
}
