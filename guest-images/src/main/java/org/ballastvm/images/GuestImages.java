package org.ballastvm.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kernels and guests to boot, made when they are first asked for and kept in a cache. Safe for several threads and
 * several processes at once.
 */
public final class GuestImages {
  private static final String KERNEL = "vmlinuz";
  private static final String INITRD = "initrd";
  private static final String RELEASE = "release";
  /** What a lab guest loads, where its kernel has it. */
  private static final List<String> LAB_MODULES = List.of("virtio_pci", "virtio_balloon", "virtio_mem", "virtio_blk",
      "virtio_net", "virtio_rng", "virtio_console", "9pnet_virtio", "9p", "virtiofs");

  private final Cache cache;
  private final Progress progress;

  private GuestImages(Cache cache, Progress progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /** {@return those of the user: below {@code $XDG_CACHE_HOME/ballast}, or {@code ~/.cache/ballast}} */
  public static GuestImages ofUser() {
    return at(UserDirectories.cache(System.getenv()));
  }

  /** {@return those below a directory, which need not exist yet} */
  public static GuestImages at(Path cacheDirectory) {
    return new GuestImages(new Cache(cacheDirectory), Progress.SILENT);
  }

  /** {@return the same, showing what takes long} */
  public GuestImages showing(Progress listener) {
    return new GuestImages(cache, listener);
  }

  /** {@return where they are kept} */
  public Path directory() { return cache.root(); }

  /**
   * Debian's kernel, downloaded by apt where the cache has none of that flavour.
   *
   * @throws ImageError if it is not there and cannot be had
   */
  public Kernel kernel(DebianFlavour flavour) { return kernels().ofFlavour(flavour); }

  /**
   * Debian's newest kernel: asks apt, also where the cache has an older one.
   *
   * @throws ImageError if apt cannot say or fetch it
   */
  public Kernel newestKernel(DebianFlavour flavour) { return kernels().newest(flavour); }

  /**
   * The same kernel with modules that {@code modprobe} can use: as {@code /lib/modules/RELEASE} after {@code depmod}. Takes
   * some seconds when a kernel is first seen.
   *
   * @param kernel one with modules, or without, which is returned as it is
   * @throws ImageError if this host has no depmod, or it fails
   */
  public Kernel withDependencies(Kernel kernel) { return kernels().withDependencies(kernel); }

  KernelCache kernels() { return new KernelCache(cache, progress); }

  /** {@return a guest with Debian's kernel that takes commands over its console} */
  public GuestImage debian(DebianFlavour flavour) {
    return lab(kernel(flavour));
  }

  /**
   * A guest that takes commands over its console: it says {@code LAB-UP RELEASE uptime SECONDS} when it is up, runs each
   * line it reads in a shell, and says {@code LAB-RC STATUS} after each. It powers off when the console ends.
   *
   * @throws ImageError if its modules or busybox cannot be had
   */
  public GuestImage lab(Kernel kernel) { return lab(kernel, Optional.empty()); }

  /**
   * The same, with the {@linkplain #agentFile agent} beside what reads the console.
   *
   * @throws ImageError also if there is no gcc to build the agent
   */
  public GuestImage labWithAgent(Kernel kernel) { return lab(kernel, Optional.of(agentFile())); }

  private GuestImage lab(Kernel kernel, Optional<Path> agent) {
    try {
      Initramfs tree = new Initramfs().executable("bin/busybox", busybox()).script("init", Script.text("lab-init"));
      if (agent.isPresent()) {
        tree.executable("bin/" + AgentProgram.NAME, Files.readAllBytes(agent.get()));
      }
      kernel.modules().map(ModuleTree::of).ifPresent(
          modules -> tree.modules(modules.inLoadOrder(LAB_MODULES.stream().filter(modules::knows).toList())));
      ByteArrayOutputStream initrd = new ByteArrayOutputStream();
      tree.writeTo(initrd);
      return image(kernel, initrd.toByteArray());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * A disk with Debian on it, and what boots it.
   *
   * @param afresh makes it also if the cache has one: with the packages, and the kernel, of today
   * @throws ImageError if something is missing, named in one sentence, or packages cannot be had
   */
  public DebianDisk debianDisk(DebianDiskConfig config, boolean afresh) {
    Kernel kernel = afresh ? newestKernel(config.kernel()) : kernel(config.kernel());
    try {
      return new DebianDiskMaker(cache, progress, config).disk(kernel, busybox(), afresh);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** {@return the disks that are made already} */
  public List<DebianDisk> disks() {
    try {
      return cache.entries("disks").stream().map(DebianDisk::new).toList();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private GuestImage image(Kernel kernel, byte[] initrd) throws IOException {
    byte[] image = Files.readAllBytes(kernel.image());
    String id = Cache.sha256((Cache.sha256(image) + Cache.sha256(initrd)).getBytes(StandardCharsets.US_ASCII));
    String name = "images/" + kernel.release() + "-" + id.substring(0, 12);
    Path entry = cache.entry(name, List.of(KERNEL, INITRD, RELEASE), work -> {
      progress.begins("making a guest of " + kernel.release());
      Files.write(work.resolve(KERNEL), image);
      Files.write(work.resolve(INITRD), initrd);
      Files.writeString(work.resolve(RELEASE), kernel.release() + "\n");
    });
    return new GuestImage(kernel.release(), entry.resolve(KERNEL), entry.resolve(INITRD));
  }

  /**
   * A static busybox: the host's own, or the one of Debian's busybox-static.
   *
   * @return its file, which can be run
   * @throws ImageError if there is none and apt cannot fetch one
   */
  public Path busyboxFile() {
    try {
      Optional<Path> host = Busybox.onTheHost();
      if (host.isPresent()) {
        return host.get();
      }
      return cache.entry("busybox-static", List.of("busybox"), work -> {
        progress.begins("downloading busybox-static");
        Path download = Files.createDirectory(work.resolve("download"));
        Path program = work.resolve("busybox");
        DebArchive.extract(Apt.download("busybox-static", download),
            path -> path.endsWith("bin/busybox") ? Optional.of(program) : Optional.empty());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        FileTree.delete(download);
      }).resolve("busybox");
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * The content of {@link #busyboxFile}.
   *
   * @throws ImageError if there is none and apt cannot fetch one
   */
  public byte[] busybox() {
    try {
      return Files.readAllBytes(busyboxFile());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * The agent of guests: a static program that is init, or stands beside one, and does what {@code protocol.h} of its source
   * says.
   *
   * @return its file; built at first use
   * @throws ImageError if there is no gcc to build it
   */
  public Path agentFile() {
    try {
      return AgentProgram.file(cache, progress);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * An initramfs whose init is the {@linkplain #agentFile agent}.
   *
   * @param kernel  what loads its modules
   * @param needed  modules without which there is no root
   * @param wanted  modules that are loaded where the kernel has them
   * @param busybox whether busybox is in it, for a guest that has no other root
   * @return its file, from the cache where it was made before
   * @throws ImageError if the kernel lacks a module that is needed, or there is no gcc or no busybox
   */
  public Path agentInitrd(Kernel kernel, List<String> needed, List<String> wanted, boolean busybox) {
    try {
      return AgentInitramfs.file(cache, progress, kernel, agentFile(), needed, wanted,
          busybox ? Optional.of(busyboxFile()) : Optional.empty());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** {@return the guests that are made already} */
  public List<GuestImage> list() {
    try {
      List<GuestImage> images = new ArrayList<>();
      for (Path entry : cache.entries("images")) {
        images.add(new GuestImage(Files.readString(entry.resolve(RELEASE)).strip(), entry.resolve(KERNEL),
            entry.resolve(INITRD)));
      }
      return List.copyOf(images);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Removes all that is cached. */
  public void clean() {
    try {
      cache.clear();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ImageError failed(IOException e) { return new ImageError(cache.root() + ": " + e, e); }
}
