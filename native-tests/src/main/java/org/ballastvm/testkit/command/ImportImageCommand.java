package org.ballastvm.testkit.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.DiskImport;
import org.ballastvm.images.ImageError;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast image import FILE}: makes a raw disk of one in another format. */
final class ImportImageCommand implements SubCommand {
  private static final int CANNOT = 1;
  private static final List<String> FORMATS = List.of("qcow2", "vmdk", "vdi", "vhdx", "vpc", "raw");

  @Override
  public String name() { return "import"; }

  @Override
  public String summary() { return "makes a raw disk of a qcow2, vmdk, vdi or vhdx, and prints where it is"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addPositional(Arguments.words("FILE", List.of(), "the disk, which stays as it is"));
    spec.addOption(Arguments.word("--format", "WORD", FORMATS, "its format; without it, qemu-img looks"));
    spec.addOption(Arguments.path("--output", "FILE", "the raw disk; without it, beside the other, ending in .raw"));
    spec.usageMessage().footer("Needs qemu-img. Import disks that you trust: what is in one is read by a program of",
        "this host's.");
  }

  @Override
  public int run(ParseResult given) {
    List<String> files = given.matchedPositionalValue(0, List.of());
    if (files.size() != 1) {
      throw new UserError("image import: one FILE must follow, not " + files.size());
    }
    Path source = Path.of(files.getFirst());
    Optional<String> format = Optional.ofNullable(given.matchedOptionValue("--format", null));
    format.filter(word -> !FORMATS.contains(word)).ifPresent(word -> {
      throw new UserError("image import --format " + word + ": must be one of " + String.join(", ", FORMATS));
    });
    Path target = given.matchedOptionValue("--output", DiskImport.besides(source));
    try {
      DiskImport.convert(source, format, target, step -> System.err.println(step + " ..."));
      System.out.println("disk    " + target.toAbsolutePath());
      return 0;
    } catch (ImageError e) {
      System.err.println("ballast: image import: " + e.getMessage());
      return CANNOT;
    }
  }
}
