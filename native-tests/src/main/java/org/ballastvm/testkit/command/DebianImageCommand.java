package org.ballastvm.testkit.command;

import java.nio.file.Path;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.images.DebianDiskConfig;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast image debian}: makes a disk with Debian on it and what boots it, and prints where they are. */
final class DebianImageCommand implements SubCommand {
  private static final int CANNOT = 1;

  @Override
  public String name() { return "debian"; }

  @Override
  public String summary() { return "makes a disk with Debian on it, its kernel and initrd, and prints where they are"; }

  @Override
  public void describe(CommandSpec spec) {
    DebianWish.describe(spec);
    spec.addOption(Arguments.flag("--autologin", "root is logged in on the serial console"));
    spec.addOption(Arguments.path("--output", "DIRECTORY", "copy all of it there, too"));
    spec.usageMessage().footer("Needs mmdebstrap; root rights only where user namespaces do not serve.",
        "'ballast run debian' makes one by itself.");
  }

  @Override
  public int run(ParseResult given) {
    DebianDiskConfig config = DebianWish.of(given);
    GuestImages images = GuestImages.ofUser().showing(step -> System.err.println(step + " ..."));
    try {
      DebianDisk disk = images.debianDisk(given.hasMatchedOption("--autologin") ? config.withAutologin() : config,
          given.hasMatchedOption("--newest"));
      Path output = given.matchedOptionValue("--output", null);
      print(output == null ? disk : disk.copyTo(output));
      return 0;
    } catch (ImageError e) {
      System.err.println("ballast: image debian: " + e.getMessage());
      return CANNOT;
    }
  }

  /** In lines that a script can read. */
  static void print(DebianDisk disk) {
    System.out.println("disk    " + disk.disk());
    System.out.println("kernel  " + disk.kernel());
    System.out.println("initrd  " + disk.initrd());
    System.out.println("append  " + DebianDisk.APPEND);
    System.out.println("ssh     " + disk.sshConfig());
  }
}
