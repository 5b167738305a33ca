package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.Kernel;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code ballast image}: makes a kernel and an initramfs for a guest, and prints where they are; and, by a further word,
 * disks.
 */
public final class ImageCommand implements SubCommand {
  private static final int CANNOT = 1;

  @Override
  public String name() { return "image"; }

  @Override
  public String summary() { return "makes a kernel and an initramfs for a guest, and prints where they are"; }

  @Override
  public List<SubCommand> parts() {
    return List.of(new DebianImageCommand(), new ImportImageCommand(), new SeedImageCommand());
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(Arguments.word("--kernel-package", "WORD", DebianFlavour.allWords(), "Debian's kernel: cloud, for"
        + " virtual machines (default); stock, for all machines; 6.12, the same of a later series"));
    spec.addOption(Arguments.flag("--newest", "ask apt for a newer one than the one in the cache"));
    spec.addOption(Arguments.path("--kernel", "FILE", "a kernel of your own: a bzImage or an ELF vmlinux"));
    spec.addOption(Arguments.path("--modules", "DIRECTORY", "its modules, as below /lib/modules/RELEASE"));
    spec.addOption(Arguments.path("--output", "DIRECTORY", "copy vmlinuz and initrd there, too"));
    spec.addOption(Arguments.flag("--list", "print the guests and disks that are made already, and make none"));
    spec.addOption(Arguments.flag("--clean", "remove everything from the cache"));
    spec.usageMessage().footer("The guest takes commands over its console.");
  }

  @Override
  public int run(ParseResult given) {
    GuestImages images = GuestImages.ofUser().showing(step -> System.err.println(step + " ..."));
    try {
      if (given.hasMatchedOption("--list")) {
        images.list().forEach(ImageCommand::print);
        images.disks().forEach(DebianImageCommand::print);
        return 0;
      }
      if (given.hasMatchedOption("--clean")) {
        images.clean();
        return 0;
      }
      return make(images, given);
    } catch (ImageError | IOException e) {
      System.err.println("ballast: image: " + e.getMessage());
      return CANNOT;
    }
  }

  private static Optional<Path> path(ParseResult given, String option) {
    return Optional.ofNullable(given.matchedOptionValue(option, null));
  }

  private static int make(GuestImages images, ParseResult given) throws IOException {
    DebianFlavour flavour = DebianWish.flavour(given);
    Optional<Path> own = path(given, "--kernel");
    Optional<Path> modules = path(given, "--modules");
    if (modules.isPresent() && own.isEmpty()) {
      throw new UserError("image --modules " + modules.get() + ": needs --kernel, the kernel that they belong to");
    }
    Kernel kernel = own.isPresent()
        ? Kernel.ofPath(own.get(), modules)
        : given.hasMatchedOption("--newest") ? images.newestKernel(flavour) : images.kernel(flavour);
    GuestImage image = images.lab(kernel);
    Optional<Path> output = path(given, "--output");
    if (output.isPresent()) {
      Path directory = Files.createDirectories(output.get());
      image = new GuestImage(image.release(), copy(image.kernel(), directory), copy(image.initrd(), directory));
    }
    print(image);
    return 0;
  }

  private static Path copy(Path file, Path directory) throws IOException {
    return Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void print(GuestImage image) {
    System.out.println("release " + image.release());
    System.out.println("kernel  " + image.kernel().toAbsolutePath());
    System.out.println("initrd  " + image.initrd().toAbsolutePath());
  }
}
