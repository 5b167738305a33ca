package org.ballastvm.testkit.bisect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.KernelSource;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast bisect}: builds the kernel that is checked out, boots it, and judges it by a command in the guest. */
public final class BisectCommand implements SubCommand {
  @Override
  public String name() { return "bisect"; }

  @Override
  public String summary() {
    return "builds a kernel, boots it and runs a command there, for git bisect run; its exit status is git's";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
    spec.addOption(Arguments.path("-k", "DIRECTORY", "the kernel's tree (default: where you are)"));
    spec.addOption(Arguments.value("--build", "COMMAND", "what builds it there (default: make with all processors)"));
    spec.addOption(Arguments.value("--append", "WORDS", "more for the kernel's command line"));
    spec.addOption(Arguments.values("--option", "OPTION", "a word for the machine, as -m or -device; may be repeated"));
    spec.addOption(Arguments.flag("--boot-counts", "a kernel that does not boot is bad; without, it is skipped"));
    spec.addPositional(Arguments.words("COMMAND", List.of(), "what the guest's shell runs, behind --; 0 is good"));
    spec.usageMessage()
        .footer("git bisect run ballast bisect --option -m --option 512 -- 'dmesg | grep -q \"it works\"'");
  }

  @Override
  public int run(ParseResult given) {
    // A mistake of the user's would be 2 elsewhere, which to git is a bad commit.
    Step step = new Bisection(given.hasMatchedOption("--boot-counts")).judge(() -> build(tree(given), buildOf(given)),
        () -> trial(tree(given), configOf(given), commandOf(given)));
    System.err.println("ballast: bisect: " + step.sentence());
    return step.exitStatus();
  }

  private static Path tree(ParseResult given) {
    Path tree = given.matchedOptionValue("-k", Path.of("")).toAbsolutePath().normalize();
    if (!Files.isDirectory(tree)) {
      throw new UserError("bisect -k " + tree + ": is no directory");
    }
    return tree;
  }

  /** Looked at before anything is built. */
  private static String buildOf(ParseResult given) {
    commandOf(given);
    return given.matchedOptionValue("--build", "make -j" + Runtime.getRuntime().availableProcessors());
  }

  private static GuestConfig configOf(ParseResult given) {
    return GuestConfig.of(given.matchedOptionValue("--option", List.<String>of()).toArray(String[]::new))
        .appending(given.matchedOptionValue("--append", ""));
  }

  private static String commandOf(ParseResult given) {
    List<String> command = given.matchedPositionalValue(0, List.<String>of());
    if (command.isEmpty()) {
      throw new UserError(
          "bisect: no command is named; for example: git bisect run ballast bisect -- 'grep -q x /proc/y'");
    }
    return String.join(" ", command);
  }

  /** The build has this terminal: a configuration that asks questions asks them. */
  private static int build(Path tree, String command) {
    try {
      return new ProcessBuilder("/bin/sh", "-c", command).directory(tree.toFile()).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UserError("bisect --build " + command + ": cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while the kernel is built", e);
    }
  }

  static Trial trial(Path tree, GuestConfig config, String command) {
    GuestHost host = GuestHosts.find();
    GuestImage image = GuestHosts.images().lab(KernelSource.parse(tree.toString()).resolve(GuestHosts.images()));
    try (Guest guest = Guest.start(host, image, config)) {
      try {
        guest.awaitUp();
      } catch (RigError e) {
        return new Trial.NotUp(e.getMessage());
      }
      try {
        Guest.CommandResult result = guest.tryToRun(command);
        System.out.print(result.output());
        return new Trial.Ended(result.status());
      } catch (RigError e) {
        return new Trial.GuestLost(e.getMessage());
      }
    }
  }
}
