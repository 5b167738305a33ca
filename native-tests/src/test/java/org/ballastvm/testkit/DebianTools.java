package org.ballastvm.testkit;

import java.util.Optional;
import org.ballastvm.images.MissingTools;
import org.junit.jupiter.api.Assumptions;

/** What tests of Debian from a disk need of this host. */
public final class DebianTools {
  private DebianTools() {}

  /** Skips the test, with a sentence, where something is missing; in CI it goes on, and fails. */
  public static void assume() {
    Optional<String> missing = new MissingTools().program("mmdebstrap", "mmdebstrap").program("mke2fs", "e2fsprogs")
        .program("passt", "passt").program("ssh", "openssh-client").sentence("Debian from a disk");
    Assumptions.assumeTrue(missing.isEmpty() || GuestExtension.mustRun(), () -> missing.orElse(""));
  }
}
