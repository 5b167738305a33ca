package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;

/** A module that goes wrong on purpose, and the usual guest with it. */
final class MisdeedModule {
  private static final String NAME = "misdeed";

  private MisdeedModule() {}

  /**
   * A guest that has it as {@code /misdeed.ko}.
   *
   * @param directory takes the initramfs
   */
  static GuestImage guest(DebianFlavour flavour, Path directory) throws IOException {
    return BuiltModules.guest(GuestHosts.images().kernel(flavour), NAME, List.of(NAME), directory);
  }

  /** {@return the headers that it is built with, for {@code make -C}} */
  static Path headers(String release) throws IOException {
    return BuiltModules.built(release, NAME, List.of(NAME)).resolve("root/usr/src/linux-headers-" + release)
        .toAbsolutePath();
  }
}
