package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.Kernel;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;

/** {@code ballast image}: makes a kernel and an initramfs for a guest, and prints where they are. */
public final class ImageCommand implements SubCommand {
  private static final int CANNOT = 1;
  private static final String USAGE = """
      usage: ballast image [OPTION]...
      Makes a guest that takes commands over its console, and prints the paths of its kernel and initramfs.
        --kernel-package WORD         Debian's kernel: cloud, for virtual machines (default); stock, for all machines;
                                      6.12, the same of a later series
        --newest                      ask apt for a newer one than the one in the cache
        --kernel FILE                 a kernel of your own: a bzImage or an ELF vmlinux
        --modules DIRECTORY           its modules, as below /lib/modules/RELEASE
        --output DIRECTORY            copy vmlinuz and initrd there, too
        --list                        print the guests that are made already, and make none
        --clean                       remove everything from the cache
      """;

  /** What was asked for. */
  private static final class Wishes {
    private DebianFlavour flavour = DebianFlavour.CLOUD;
    private boolean newest;
    private Optional<Path> kernel = Optional.empty();
    private Optional<Path> modules = Optional.empty();
    private Optional<Path> output = Optional.empty();
  }

  @Override
  public String name() { return "image"; }

  @Override
  public String summary() { return "makes a kernel and an initramfs for a guest, and prints where they are"; }

  @Override
  public int run(List<String> arguments) {
    GuestImages images = GuestImages.ofUser().telling(step -> System.err.println(step + " ..."));
    Wishes wishes = new Wishes();
    try {
      for (Iterator<String> words = arguments.iterator(); words.hasNext();) {
        String word = words.next();
        switch (word) {
          case "--help" -> {
            System.out.print(USAGE);
            return 0;
          }
          case "--list" -> {
            images.list().forEach(ImageCommand::print);
            return 0;
          }
          case "--clean" -> {
            images.clean();
            return 0;
          }
          default -> take(wishes, word, words);
        }
      }
      return make(images, wishes);
    } catch (ImageError | IOException e) {
      System.err.println("ballast: image: " + e.getMessage());
      return CANNOT;
    }
  }

  private static void take(Wishes wishes, String word, Iterator<String> words) {
    switch (word) {
      case "--newest" -> wishes.newest = true;
      case "--kernel-package" -> wishes.flavour = flavour(value(word, words));
      case "--kernel" -> wishes.kernel = Optional.of(Path.of(value(word, words)));
      case "--modules" -> wishes.modules = Optional.of(Path.of(value(word, words)));
      case "--output" -> wishes.output = Optional.of(Path.of(value(word, words)));
      default -> throw new UserError("image " + word + ": there is no such option; image --help lists those it has");
    }
  }

  private static String value(String option, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new UserError("image " + option + ": a value must follow");
    }
    return words.next();
  }

  private static DebianFlavour flavour(String word) {
    return DebianFlavour.of(word).orElseThrow(
        () -> new UserError("image --kernel-package " + word + ": must be one of " + DebianFlavour.words()));
  }

  private static int make(GuestImages images, Wishes wishes) throws IOException {
    if (wishes.modules.isPresent() && wishes.kernel.isEmpty()) {
      throw new UserError(
          "image --modules " + wishes.modules.get() + ": needs --kernel, the kernel that they belong to");
    }
    Kernel kernel = wishes.kernel.isPresent()
        ? Kernel.ofPath(wishes.kernel.get(), wishes.modules)
        : wishes.newest ? images.newestKernel(wishes.flavour) : images.kernel(wishes.flavour);
    GuestImage image = images.lab(kernel);
    if (wishes.output.isPresent()) {
      Path output = Files.createDirectories(wishes.output.get());
      image = new GuestImage(image.release(), copy(image.kernel(), output), copy(image.initrd(), output));
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
