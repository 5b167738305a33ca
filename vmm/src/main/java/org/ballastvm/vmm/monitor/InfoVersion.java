package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.Version;
import org.ballastvm.vmm.machine.Machine;

/** {@code info version} */
final class InfoVersion implements Command {
  @Override
  public List<String> names() { return List.of("version"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "show the version of Ballast"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    return Version.TEXT + "\n";
  }
}
