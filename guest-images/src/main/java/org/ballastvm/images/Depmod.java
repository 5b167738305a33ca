package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.HostProgram.Outcome;

/** The host's {@code depmod}, which lists what {@code modprobe} has to know of modules. */
final class Depmod {
  /** What it makes, among others. */
  static final String LIST = "modules.dep";

  /** It is for root, so a user's PATH may not lead to it. */
  private static final List<String> PLACES = List.of("/usr/sbin/depmod", "/sbin/depmod", "/usr/bin/depmod");

  private Depmod() {}

  /**
   * Writes the lists for modules that lie in {@code root/lib/modules/RELEASE}.
   *
   * @throws ImageError if this host has no depmod, or it fails
   */
  static void run(Path root, String release) throws IOException {
    String depmod = PLACES.stream().filter(place -> Files.isExecutable(Path.of(place))).findFirst()
        .orElseThrow(() -> new ImageError(
            "a kernel's modules need depmod, which this host does not have: apt-get install kmod"));
    Outcome outcome = HostProgram.in(Path.of("/")).run(List.of(depmod, "-b", root.toString(), release));
    if (outcome.failed()) {
      throw new ImageError("depmod of the modules of " + release + " failed (" + outcome.status() + "): "
          + outcome.complaint());
    }
  }
}
