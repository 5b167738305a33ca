package org.ballastvm.images;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user says for a kernel: one word, from which the kernel and its modules are found.
 *
 * <pre>
 * debian:6.12-rt                      a kernel of Debian's, by its series; -rt or -cloud behind it is another build
 * ./linux                             a tree in which a kernel was built, or the directory of its O=
 * ./linux/vmlinux, /boot/vmlinuz-...  a bzImage or an ELF vmlinux
 * linux-image-6.18.0_amd64.deb        a package of a kernel
 * </pre>
 */
public sealed interface KernelSource {
  /**
   * Reads such a word. Whether a path is a tree or a file is looked up now; what is in it, by {@link #resolve}.
   *
   * @param word as a user wrote it; a path may be relative to the current directory
   * @throws ImageError if it is none of these, in one sentence
   */
  static KernelSource parse(String word) {
    if (word.startsWith(Debian.PREFIX)) {
      return Debian.parse(word);
    }
    Path path;
    try {
      path = Path.of(word);
    } catch (InvalidPathException e) {
      throw new ImageError("kernel " + word + ": is no path: " + e.getReason(), e);
    }
    if (word.isEmpty() || !Files.exists(path)) {
      throw new ImageError("kernel " + (word.isEmpty() ? "''" : word)
          + ": there is no such file; it must be a bzImage, a vmlinux, a tree in which a kernel was built, a .deb of"
          + " linux-image-*, or debian:SERIES, such as debian:6.12");
    }
    if (Files.isDirectory(path)) {
      return new BuildTree(path);
    }
    return word.endsWith(".deb") ? new DebianPackage(path) : new Image(path);
  }

  /** {@return the word that stands for it} */
  String word();

  /**
   * Finds the kernel and its modules; what has to be downloaded, unpacked or installed for it is kept in the cache. A
   * directory of modules is as {@code /lib/modules/RELEASE}; {@link GuestImages#withDependencies} has one that
   * {@code modprobe} can use.
   *
   * @param images the cache
   * @throws ImageError if it cannot be had, in one sentence
   */
  Kernel resolve(GuestImages images);

  /**
   * A kernel of Debian's, which apt downloads if the cache has none of that series.
   *
   * @param series as {@code 6.12}
   * @param build  {@code rt} or {@code cloud}; nothing for the usual one
   */
  record Debian(String series, Optional<String> build) implements KernelSource {
    private static final String PREFIX = "debian:";
    private static final Pattern WORD = Pattern.compile(PREFIX + "([0-9]{1,2}\\.[0-9]{1,3})(?:-(rt|cloud))?");

    private static Debian parse(String word) {
      Matcher match = WORD.matcher(word);
      if (!match.matches()) {
        throw new ImageError("kernel " + word
            + ": must be debian:SERIES, such as debian:6.12, with -rt or -cloud behind it for those builds");
      }
      return new Debian(match.group(1), Optional.ofNullable(match.group(2)));
    }

    @Override
    public String word() { return PREFIX + series + suffix(); }

    private String suffix() { return build.map(name -> "-" + name).orElse(""); }

    @Override
    public Kernel resolve(GuestImages images) { return images.kernels().ofSeries(series, suffix()); }
  }

  /**
   * A tree in which a kernel was built: its {@code arch/x86/boot/bzImage}, or {@code vmlinux} if there is none, and the
   * modules that were built in it. They are installed again when one has changed.
   *
   * @param directory the tree, or what {@code O=} named
   */
  record BuildTree(Path directory) implements KernelSource {
    @Override
    public String word() { return directory.toString(); }

    @Override
    public Kernel resolve(GuestImages images) { return images.kernels().ofTree(KernelTree.at(directory)); }
  }

  /**
   * A package of a kernel, as Debian has them and {@code make bindeb-pkg} makes them.
   *
   * @param file the package
   */
  record DebianPackage(Path file) implements KernelSource {
    @Override
    public String word() { return file.toString(); }

    @Override
    public Kernel resolve(GuestImages images) { return images.kernels().ofPackage(file); }
  }

  /**
   * A kernel by its file. Its modules are those of the tree that it was built in, if it lies there, or else those that this
   * host has below {@code /lib/modules} for its release.
   *
   * @param file a bzImage or an ELF vmlinux
   */
  record Image(Path file) implements KernelSource {
    @Override
    public String word() { return file.toString(); }

    @Override
    public Kernel resolve(GuestImages images) {
      Optional<KernelTree> tree = KernelTree.around(file);
      return tree.isPresent() ? images.kernels().ofTree(tree.get()) : KernelCache.ofImage(file);
    }
  }
}
