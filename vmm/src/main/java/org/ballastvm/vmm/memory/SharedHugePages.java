package org.ballastvm.vmm.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.vmm.state.Log;

/**
 * Whether the host backs shared memory without a name by transparent huge pages: memfds, and anonymous memory with share=on.
 * What it does for private memory does not count for these.
 */
public final class SharedHugePages {
  private static final Path MODE = Path.of("/sys/kernel/mm/transparent_hugepage/shmem_enabled");
  private static boolean logged;

  private SharedHugePages() {}

  /** {@return why this host backs no shared memory by huge pages; empty if it does} */
  static Optional<String> obstacle() {
    try {
      return obstacle(Files.readString(MODE));
    } catch (IOException e) { // The kernel was built without.
      return Optional
          .of("shared memory (memfd, share=on) is in pages of 4 KiB: this kernel has no transparent huge pages");
    }
  }

  /**
   * What the file says: all modes, and brackets around one. We ask for huge pages, so {@code advise} is enough.
   *
   * @return why a host whose file says this backs no shared memory by huge pages; empty if it does
   */
  public static Optional<String> obstacle(String modes) {
    String mode = modes.contains("[") ? modes.substring(modes.indexOf('[') + 1, modes.indexOf(']')) : modes.strip();
    return mode.equals("never") || mode.equals("deny")
        ? Optional.of("shared memory (memfd, share=on) is in pages of 4 KiB, because " + MODE + " is " + mode
            + "; 'advise' there, or hugetlb=on, gives it huge pages")
        : Optional.empty();
  }

  /** Logs once what a guest on such memory goes without. */
  static synchronized void logOnce(String id) {
    if (!logged) {
      logged = true;
      obstacle().ifPresent(why -> Log.of(SharedHugePages.class).warn("memory backend {}: {}", id, why));
    }
  }
}
