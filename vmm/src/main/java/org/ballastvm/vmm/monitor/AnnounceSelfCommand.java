package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.AnnounceSelf;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.machine.Machine;

/** {@code announce_self} */
final class AnnounceSelfCommand implements Command {
  @Override
  public List<String> names() { return List.of("announce_self"); }

  @Override
  public String help() { return "Trigger GARP/RARP announcements"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    new AnnounceSelf().run(vm, NoArguments.NONE);
    return "";
  }
}
