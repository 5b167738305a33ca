package org.ballastvm.testkit.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.run.GuestRun;
import org.ballastvm.testkit.run.RunStatus;
import org.ballastvm.testkit.run.RunWish;
import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast run}: a command in a guest of its own; or, by a further word, a whole guest. */
public final class RunCommand implements SubCommand {
  @Override
  public String name() { return "run"; }

  @Override
  public String summary() {
    return "runs a command in a guest with this host's files, its streams and its exit status passed on";
  }

  @Override
  public List<SubCommand> parts() { return List.of(new DebianRunCommand()); }

  @Override
  public void describe(CommandSpec spec) { RunWish.describe(spec); }

  @Override
  public int run(ParseResult given) {
    RunWish wish = RunWish.of(given);
    GuestHosts.show(step -> System.err.println("ballast: " + step + " ..."));
    try {
      if (GuestHosts.quickObstacle().isEmpty()) {
        return GuestRun.run(wish, GuestHosts.images());
      }
      return inRig(wish, given.originalArgs());
    } catch (RigError | ImageError e) {
      System.err.println("ballast: run: " + e.getMessage());
      return RunStatus.CANNOT;
    }
  }

  /** What has to be made is made here, where it stays: the rig forgets. */
  private static int inRig(RunWish wish, List<String> words) {
    Optional<String> missing = Rig.missing();
    if (missing.isPresent()) {
      throw new RigError(missing.get());
    }
    GuestRun.prepare(wish, GuestHosts.images());
    List<Path> writable = wish.writable();
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(words);
    return RigTerminal.run(RigConfig.ofTests().writing(writable), HostedCommand.of(Launcher.command(command)));
  }
}
