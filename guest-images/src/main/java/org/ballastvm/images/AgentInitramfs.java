package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The initramfs of a guest whose init is the agent: with the modules that its root and its channel need. */
final class AgentInitramfs {
  private static final String INITRD = "initrd";
  private static final List<String> CHANNEL = List.of("virtio_pci", "virtio_console");

  private AgentInitramfs() {}

  /**
   * {@return its file, from the cache where kernel, agent and modules are the same}
   *
   * @param needed  modules without which there is no root
   * @param wanted  modules that are loaded where the kernel has them
   * @param busybox a program for guests without another root, or nothing
   */
  static Path file(Cache cache, Progress progress, Kernel kernel, Path agent, List<String> needed, List<String> wanted,
      Optional<Path> busybox) throws IOException {
    Optional<Path> modules = kernel.modules();
    String stamp = String.join("\n", kernel.release(), modules.map(Path::toString).orElse(""),
        modules.isPresent() ? Files.getLastModifiedTime(modules.get()).toString() : "", agent.toString(),
        needed.toString(), wanted.toString(), busybox.toString());
    String name = "runs/" + kernel.release() + "-"
        + Cache.sha256(stamp.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    return cache.entry(name, List.of(), List.of(INITRD), work -> {
      progress.begins("making an initramfs for " + kernel.release());
      Initramfs tree = new Initramfs().executable("init", Files.readAllBytes(agent)).directory("root")
          .directory("lower")
          .directory("layer").directory("run");
      if (busybox.isPresent()) {
        tree.executable("bin/busybox", Files.readAllBytes(busybox.get()));
      }
      if (modules.isPresent()) {
        tree.modules(inLoadOrder(ModuleTree.of(modules.get()), kernel, needed, wanted));
      }
      tree.writeTo(work.resolve(INITRD));
    }).resolve(INITRD);
  }

  private static List<Path> inLoadOrder(ModuleTree modules, Kernel kernel, List<String> needed, List<String> wanted) {
    for (String name : needed) {
      if (!modules.knows(name)) {
        throw new ImageError("kernel " + kernel.release() + " has no " + name
            + ", which this root needs: name another root or another kernel");
      }
    }
    return modules.inLoadOrder(
        Stream.of(CHANNEL, needed, wanted).flatMap(List::stream).filter(modules::knows).distinct().toList());
  }
}
