package org.ballastvm.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;

/**
 * The CD that an Intel rig starts from: a boot loader, Debian's kernel, an initramfs, and the host's files, which
 * the rig's init mounts at their places. Those are named {@code /files/NUMBER} on the disc; {@code /places} of the
 * initramfs has their places, a line each. No file is copied on the way.
 */
final class IntelDisc {
  private static final Path LOADER = Path.of("/usr/lib/ISOLINUX/isolinux.bin");
  private static final Path LOADER_LIBRARY = Path.of("/usr/lib/syslinux/modules/bios/ldlinux.c32");
  /** Large, and of use to none that runs a program. */
  private static final List<String> LEFT_OUT_OF_A_JDK = List.of("jmods", "lib/src.zip");

  private final Map<Path, Path> files;
  private final Path jdk;
  private final List<String> kernelArguments;

  IntelDisc(Map<Path, Path> files, Path jdk, List<String> kernelArguments) {
    this.files = files;
    this.jdk = jdk;
    this.kernelArguments = kernelArguments;
  }

  /** {@return the files of the boot loader that must be on this host} */
  static List<Path> loader() {
    return List.of(LOADER, LOADER_LIBRARY);
  }

  /** {@return what the boot loader does} */
  String loaderConfig() {
    List<String> words = new ArrayList<>(List.of("console=ttyS0,115200", "mitigations=off", "panic=-1", "loglevel=1",
        "tsc=reliable", "no_timer_check", "lpj=1000000"));
    words.addAll(kernelArguments);
    return """
        default rig
        prompt 0
        timeout 1
        label rig
          kernel vmlinuz
          append initrd=initrd %s
        """.formatted(String.join(" ", words));
  }

  /** Adds to an initramfs where the host's files belong, and what they are mounted on. */
  void mountPoints(Initramfs tree) {
    StringBuilder places = new StringBuilder();
    files.forEach((place, source) -> {
      String inTree = place.toString().substring(1);
      if (Files.isDirectory(source)) {
        tree.directory(inTree);
      } else {
        tree.data(inTree, new byte[0]);
      }
      places.append(place).append('\n');
    });
    tree.data("places", places.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** {@return the command that writes the disc from a directory that has {@link #loaderConfig} and the initramfs} */
  List<String> writer(Kernel kernel, Path directory, Path disc) {
    List<String> words = new ArrayList<>(List.of("xorriso", "-as", "mkisofs", "-quiet", "-R", "-f", "-o",
        disc.toString(), "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size",
        "4", "-boot-info-table"));
    LEFT_OUT_OF_A_JDK.forEach(each -> words.addAll(List.of("-x", jdk.resolve(each).toString())));
    words.add("-graft-points");
    words.add(graft("/isolinux/isolinux.bin", LOADER));
    words.add(graft("/isolinux/ldlinux.c32", LOADER_LIBRARY));
    words.add(graft("/isolinux/isolinux.cfg", directory.resolve("isolinux.cfg")));
    words.add(graft("/isolinux/initrd", directory.resolve("initrd")));
    words.add(graft("/isolinux/vmlinuz", kernel.image()));
    int number = 1;
    for (Path source : files.values()) {
      words.add(graft("/files/" + number++, source));
    }
    return words;
  }

  private static String graft(String onDisc, Path source) {
    return onDisc + "=" + source.toString().replace("\\", "\\\\").replace("=", "\\=");
  }

  /**
   * Writes the disc.
   *
   * @param tree the initramfs, without the mount points
   * @return its file, in the directory
   * @throws RigError if that fails
   */
  Path write(Kernel kernel, Initramfs tree, Path directory) throws IOException {
    mountPoints(tree);
    tree.writeTo(directory.resolve("initrd"));
    Files.writeString(directory.resolve("isolinux.cfg"), loaderConfig());
    Path disc = directory.resolve("rig.iso");
    Process writer = new ProcessBuilder(writer(kernel, directory, disc)).redirectErrorStream(true).start();
    writer.getOutputStream().close();
    String said = new String(writer.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (writer.waitFor() != 0) {
        throw new RigError("xorriso cannot write the rig's disc; the last it said: "
            + said.substring(Math.max(0, said.length() - 500)));
      }
    } catch (InterruptedException e) {
      writer.destroy();
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while the rig's disc is written", e);
    }
    return disc;
  }
}
