package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kernels of a cache: downloaded, unpacked or, for their modules, installed when they are first asked for. */
final class KernelCache {
  private static final String KERNEL = "vmlinuz";
  private static final String MODULES = "modules";
  private static final Pattern IN_BOOT = Pattern.compile("boot/vmlinuz-([^/]+)");

  private final Cache cache;
  private final Progress progress;

  KernelCache(Cache cache, Progress progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /** Debian's, from the cache if it has one of that flavour. */
  Kernel ofFlavour(DebianFlavour flavour) {
    try {
      Optional<String> known = cache.recall(remembered(flavour.word()));
      return known.isPresent() ? ofRelease(known.get()) : newest(flavour);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Debian's newest: asks apt. */
  Kernel newest(DebianFlavour flavour) {
    try {
      return remember(flavour.word(), Apt.releaseBehind(flavour.metaPackage()));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Debian's of a series, from the cache if it has one.
   *
   * @param series as {@code 6.12}
   * @param suffix of the build, as {@code -rt}, or nothing
   */
  Kernel ofSeries(String series, String suffix) {
    try {
      String word = series + suffix;
      Optional<String> known = cache.recall(remembered(word));
      if (known.isPresent()) {
        return ofRelease(known.get());
      }
      // A release of Debian has its own series without a number in the name, and others with it.
      for (String name : List.of("linux-image-" + word + "-amd64", "linux-image" + suffix + "-amd64")) {
        Optional<String> release = Apt.findReleaseBehind(name);
        if (release.isPresent() && release.get().startsWith(series + ".")) {
          return remember(word, release.get());
        }
      }
      throw new ImageError(
          "kernel debian:" + word + ": apt knows no kernel of that series here, neither as linux-image-"
              + word + "-amd64 nor as linux-image" + suffix
              + "-amd64; run apt-get update on a Debian machine, or name a kernel by its path");
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static String remembered(String word) { return "debian/" + word; }

  private Kernel remember(String word, String release) throws IOException {
    Kernel kernel = ofRelease(release);
    cache.remember(remembered(word), release);
    return kernel;
  }

  private Kernel ofRelease(String release) throws IOException {
    Path entry = cache.entry("kernels/" + release, List.of(KERNEL), work -> {
      progress.begins("downloading linux-image-" + release);
      Path download = Files.createDirectory(work.resolve("download"));
      Path deb = Apt.download("linux-image-" + release, download);
      progress.begins("unpacking linux-image-" + release);
      unpack(deb, work);
      FileTree.delete(download);
    });
    return new Kernel(release, entry.resolve(KERNEL), Optional.of(entry.resolve(MODULES)));
  }

  /** {@return a word for where a file is} */
  private static String place(Path file) {
    return Cache.sha256(file.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }

  /** A package's, known by the package's place, size and date. */
  Kernel ofPackage(Path deb) {
    try {
      String below = "debs/" + place(deb);
      String stamp = Files.size(deb) + "-" + Files.getLastModifiedTime(deb).toMillis();
      Path entry = cache.entry(below + "/" + stamp, List.of(KERNEL), work -> {
        progress.begins("unpacking " + deb.getFileName());
        unpack(deb, work);
      });
      forgetOlder(below, entry);
      Path modules = entry.resolve(MODULES);
      return Kernel.ofPath(entry.resolve(KERNEL), Optional.of(modules).filter(Files::isDirectory));
    } catch (IOException e) {
      throw new ImageError("kernel " + deb + ": is a package that cannot be read: " + e.getMessage(), e);
    }
  }

  /** Takes a kernel, its configuration and its modules out of a package. */
  static void unpack(Path deb, Path work) throws IOException {
    DebArchive.extract(deb, path -> {
      String file = path.startsWith("usr/lib/") ? path.substring("usr/".length()) : path;
      if (IN_BOOT.matcher(file).matches()) {
        return Optional.of(work.resolve(KERNEL));
      }
      if (file.startsWith("boot/config-")) {
        return Optional.of(work.resolve("config"));
      }
      String[] names = file.split("/", 4);
      return names.length == 4 && file.startsWith("lib/modules/")
          ? Optional.of(work.resolve(MODULES).resolve(names[3]))
          : Optional.empty();
    });
    if (!Files.exists(work.resolve(KERNEL))) {
      throw new ImageError(deb.getFileName() + " holds no boot/vmlinuz-*, so it is no package of a kernel");
    }
  }

  /** That of a tree; its modules are installed in the cache when they have changed. */
  Kernel ofTree(KernelTree tree) {
    try {
      Kernel kernel = Kernel.ofPath(tree.image(), Optional.empty());
      List<Path> modules = tree.modules();
      if (modules.isEmpty()) {
        return kernel;
      }
      String below = "trees/" + place(tree.directory());
      String stamp = tree.stamp(modules);
      Path entry = cache.entry(below + "/" + stamp, List.of(), work -> {
        progress.begins("installing " + modules.size() + " modules of " + kernel.release());
        tree.install(modules, Files.createDirectories(work.resolve(installed(kernel))));
        Depmod.run(work, kernel.release());
      });
      forgetOlder(below, entry);
      return new Kernel(kernel.release(), kernel.image(), Optional.of(entry.resolve(installed(kernel))));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Keeps the entry before this one, for a guest that still runs with it. */
  private void forgetOlder(String below, Path current) throws IOException {
    List<Path> others = new ArrayList<>(cache.entries(below));
    others.remove(current);
    others.sort((one, other) -> Long.compare(other.toFile().lastModified(), one.toFile().lastModified()));
    for (Path old : others.subList(Math.min(1, others.size()), others.size())) {
      cache.remove(below + "/" + old.getFileName());
    }
  }

  /** One by its file, with the modules that this host has for its release. */
  static Kernel ofImage(Path image) {
    Kernel kernel = Kernel.ofPath(image, Optional.empty());
    Path modules = Path.of("/").resolve(installed(kernel));
    return new Kernel(kernel.release(), image, Optional.of(modules).filter(Files::isDirectory));
  }

  private static Path installed(Kernel kernel) { return Path.of("lib", MODULES, kernel.release()); }

  /** The same with modules for modprobe: linked into a directory of their own, where depmod writes its lists. */
  Kernel withDependencies(Kernel kernel) {
    if (kernel.modules().isEmpty() || Files.exists(kernel.modules().get().resolve(Depmod.LIST))) {
      return kernel;
    }
    Path modules = kernel.modules().get().toAbsolutePath().normalize();
    String below = "modules/" + kernel.release();
    try {
      Path entry = cache.entry(below + "/" + place(modules),
          List.of(installed(kernel).resolve(Depmod.LIST).toString()), work -> {
            progress.begins("listing what modules of " + kernel.release() + " need");
            link(modules, work.resolve(installed(kernel)));
            Depmod.run(work, kernel.release());
          });
      forgetOlder(below, entry);
      return new Kernel(kernel.release(), kernel.image(), Optional.of(entry.resolve(installed(kernel))));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static void link(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path file : walk.toList()) {
        Path place = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(place);
        } else if (Files.isRegularFile(file)) {
          linkOrCopy(file, place);
        }
      }
    }
  }

  /** Modules that were named by hand may lie on another file system than the cache. */
  private static void linkOrCopy(Path file, Path place) throws IOException {
    try {
      Files.createLink(place, file);
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.copy(file, place);
    }
  }

  private ImageError failed(IOException e) { return new ImageError(cache.root() + ": " + e, e); }
}
