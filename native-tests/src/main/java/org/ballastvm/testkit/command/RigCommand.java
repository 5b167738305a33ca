package org.ballastvm.testkit.command;

import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.IntelRig;
import org.ballastvm.rig.Rig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code ballast rig}: runs a command where there is a {@code /dev/kvm} that boots Linux, on a host that has none. Its
 * streams, its directory, its environment and its exit status are the command's. On the rig with an Intel processor the
 * command reads nothing, and has the files that are named.
 */
public final class RigCommand implements SubCommand {
  @Override
  public String name() { return "rig"; }

  @Override
  public String summary() {
    return "runs a command on an emulated machine that has a /dev/kvm; its exit status is the command's, or 125";
  }

  @Override
  public void describe(CommandSpec spec) { RigWish.describe(spec); }

  @Override
  public int run(ParseResult given) {
    RigWish wish = RigWish.of(given);
    return wish.intel() ? runOnIntel(wish) : runOnAmd(wish);
  }

  private static int runOnIntel(RigWish wish) {
    IntelRig.missing().ifPresent(sentence -> {
      throw new UserError("rig: " + sentence);
    });
    System.err.println("ballast: the Intel rig starts (2 to 4 min); it reads no input ...");
    return IntelRig.run(wish.intelConfig(), GuestHosts.images(), HostedCommand.of(wish.command()), System.out,
        System.err);
  }

  private static int runOnAmd(RigWish wish) {
    Rig.missing().ifPresent(sentence -> {
      throw new UserError("rig: " + sentence);
    });
    return RigTerminal.run(wish.amdConfig(), HostedCommand.of(wish.command()));
  }
}
