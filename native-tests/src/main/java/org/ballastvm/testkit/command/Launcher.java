package org.ballastvm.testkit.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/** The launcher by which this process was started. */
final class Launcher {
  private Launcher() {}

  /** {@return the directory that it is in} */
  static Optional<Path> home() {
    return Optional.ofNullable(System.getProperty("ballast.home")).map(Path::of)
        .filter(home -> Files.isExecutable(home.resolve("ballast")));
  }

  /** {@return the command that runs a machine with these options} */
  static List<String> command(List<String> options) {
    Path home = home().orElseThrow(() -> new UserError("the launcher, ballast, is not where ballast.home says: "
        + System.getProperty("ballast.home", "which is not set")));
    List<String> command = new ArrayList<>(List.of(home.resolve("ballast").toString()));
    command.addAll(options);
    return command;
  }
}
