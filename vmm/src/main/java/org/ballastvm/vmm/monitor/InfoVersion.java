package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.state.Version;

/** {@code info version} */
final class InfoVersion implements Command {
  @Override
  public List<String> names() { return List.of("version"); }

  @Override
  public String help() { return "show the version of Ballast"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return Version.TEXT + "\n";
  }
}
