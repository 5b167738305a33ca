package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tree in which a kernel was built, or the directory that {@code O=} named. */
final class KernelTree {
  private static final String ORDER = "modules.order";
  /** What {@code make modules_install} takes along for depmod. */
  private static final List<String> LISTS = List.of("modules.builtin", "modules.builtin.modinfo");
  private static final Path BZ_IMAGE = Path.of("arch", "x86", "boot", "bzImage");
  private static final String VMLINUX = "vmlinux";
  private static final int FILES_A_COMMAND = 500;

  private final Path directory;
  private final Path image;

  private KernelTree(Path directory, Path image) {
    this.directory = directory;
    this.image = image;
  }

  /**
   * Looks for the kernel in a tree.
   *
   * @throws ImageError if none was built there
   */
  static KernelTree at(Path directory) {
    for (Path name : List.of(BZ_IMAGE, Path.of(VMLINUX))) {
      if (Files.isRegularFile(directory.resolve(name))) {
        return new KernelTree(directory, directory.resolve(name));
      }
    }
    throw new ImageError("kernel " + directory + ": is a directory without " + BZ_IMAGE + " or " + VMLINUX
        + "; build a kernel there, or name another");
  }

  /** {@return the tree that has this kernel where a build puts it; nothing for a kernel that lies elsewhere} */
  static Optional<KernelTree> around(Path image) {
    Path absolute = image.toAbsolutePath().normalize();
    for (Path name : List.of(BZ_IMAGE, Path.of(VMLINUX))) {
      if (absolute.endsWith(name) && absolute.getNameCount() > name.getNameCount()) {
        Path above = absolute.getRoot().resolve(absolute.subpath(0, absolute.getNameCount() - name.getNameCount()));
        if (Files.isRegularFile(above.resolve("include/config/kernel.release"))) {
          return Optional.of(new KernelTree(above, image));
        }
      }
    }
    return Optional.empty();
  }

  Path image() { return image; }

  Path directory() { return directory; }

  /** {@return the modules that were built, by their paths in the tree; none if the kernel has none} */
  List<Path> modules() throws IOException {
    Path order = directory.resolve(ORDER);
    if (!Files.exists(order)) {
      return List.of();
    }
    List<Path> modules = new ArrayList<>();
    for (String line : Files.readAllLines(order)) {
      // By series: paths of modules, paths with kernel/ in front as in the installed list, or paths of objects.
      Path module = Path.of(line.replaceFirst("^kernel/(?=.*\\.ko$)", "").replaceFirst("\\.o$", ".ko"));
      Path asListed = Path.of(line.replaceFirst("\\.o$", ".ko"));
      if (Files.isRegularFile(directory.resolve(asListed))) {
        modules.add(asListed);
      } else if (Files.isRegularFile(directory.resolve(module))) {
        modules.add(module);
      }
    }
    return modules;
  }

  /** {@return a word that is another one when the kernel or a module was built again} */
  String stamp(List<Path> modules) throws IOException {
    StringBuilder stamps = new StringBuilder(stamp(image));
    for (Path module : modules) {
      stamps.append(module).append(' ').append(stamp(directory.resolve(module))).append('\n');
    }
    return Cache.sha256(stamps.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }

  private static String stamp(Path file) throws IOException {
    return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis() + "\n";
  }

  /** Copies modules as {@code make modules_install} does, without debug information where the host has {@code strip}. */
  void install(List<Path> modules, Path target) throws IOException {
    List<String> copies = new ArrayList<>();
    StringBuilder order = new StringBuilder();
    for (Path module : modules) {
      Path copy = target.resolve("kernel").resolve(module);
      Files.createDirectories(copy.getParent());
      Files.copy(directory.resolve(module), copy, StandardCopyOption.REPLACE_EXISTING);
      copies.add(copy.toString());
      order.append("kernel/").append(module).append('\n');
    }
    Files.writeString(target.resolve(ORDER), order);
    for (String list : LISTS) {
      if (Files.exists(directory.resolve(list))) {
        Files.copy(directory.resolve(list), target.resolve(list), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (MissingTools.isOnPath("strip")) {
      strip(copies);
    }
  }

  /** A file that strip does not take stays as it is, which is as good, only larger. */
  private static void strip(List<String> files) throws IOException {
    for (int from = 0; from < files.size(); from += FILES_A_COMMAND) {
      List<String> command = new ArrayList<>(List.of("strip", "--strip-debug"));
      command.addAll(files.subList(from, Math.min(files.size(), from + FILES_A_COMMAND)));
      HostProgram.in(Path.of("/")).run(command);
    }
  }
}
