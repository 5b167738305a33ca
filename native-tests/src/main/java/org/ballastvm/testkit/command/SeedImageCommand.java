package org.ballastvm.testkit.command;

import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.images.CloudSeed;
import org.ballastvm.images.ImageError;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast image seed}: makes a disk by which cloud-init sets up a guest. */
final class SeedImageCommand implements SubCommand {
  private static final int CANNOT = 1;

  @Override
  public String name() { return "seed"; }

  @Override
  public String summary() { return "makes a disk by which cloud-init sets up a guest (NoCloud)"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(Arguments.path("--user-data", "FILE", "what to do: #cloud-config, or a script"));
    spec.addOption(Arguments.path("--meta-data", "FILE",
        "the instance's id and name; without it, an id that changes with the other files"));
    spec.addOption(Arguments.path("--network-config", "FILE", "addresses; without it, DHCP"));
    spec.addOption(Arguments.path("--output", "FILE", "the disk, default seed.img"));
    spec.usageMessage()
        .footer("Needs xorriso. A guest finds it on any disk: -drive file=seed.img,if=virtio,readonly=on");
  }

  @Override
  public int run(ParseResult given) {
    Path userData = file(given, "--user-data")
        .orElseThrow(() -> new UserError("image seed: --user-data FILE must be given; image seed --help says more"));
    Path output = file(given, "--output").orElse(Path.of("seed.img"));
    try {
      CloudSeed seed = new CloudSeed(userData, file(given, "--meta-data"), file(given, "--network-config"));
      if (!seed.isKnownForm()) {
        System.err.println("ballast: image seed: " + userData
            + " begins neither with #cloud-config nor with #!, so cloud-init will pass it over");
      }
      seed.write(output);
      System.out.println("disk    " + output.toAbsolutePath());
      return 0;
    } catch (ImageError e) {
      System.err.println("ballast: image seed: " + e.getMessage());
      return CANNOT;
    }
  }

  private static Optional<Path> file(ParseResult given, String option) {
    return Optional.ofNullable(given.matchedOptionValue(option, null));
  }
}
