package org.ballastvm.testkit.command;

import org.ballastvm.kvm.Terminal;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigRun;
import org.ballastvm.testkit.GuestHosts;

/** A command in a rig of its own, on this terminal if there is one. */
final class RigTerminal {
  private RigTerminal() {}

  /** {@return the command's exit status, or {@link RigRun#RIG_FAILED}} */
  static int run(RigConfig config, HostedCommand bare) {
    HostedCommand command = RigRun.withEnvironment(bare);
    if (!isThere()) {
      return RigRun.run(config, GuestHosts.images(), command, System.in, System.out, System.err);
    }
    System.err.println("ballast: the rig starts (5 to 20 s) ...");
    int[] size = Terminal.size();
    Terminal terminal = Terminal.raw(false);
    Thread putBack = new Thread(terminal::close);
    Runtime.getRuntime().addShutdownHook(putBack);
    return RigRun.run(config, GuestHosts.images(), command.onTerminal(size[0], size[1]), System.in, System.out,
        System.err);
  }

  private static boolean isThere() { return Terminal.isPresent() && System.console().isTerminal(); }
}
