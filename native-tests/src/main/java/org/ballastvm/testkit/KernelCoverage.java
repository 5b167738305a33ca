package org.ballastvm.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.agent.GuestResult;
import org.ballastvm.testkit.coverage.Gcov;
import org.ballastvm.testkit.coverage.Tracefile;

/**
 * The counters of a guest's kernel that was built with {@code CONFIG_GCOV_KERNEL}, and of its modules
 * (Documentation/dev-tools/gcov.rst). The guest has the agent.
 */
public final class KernelCoverage {
  private static final String COUNTERS = "/sys/kernel/debug/gcov";
  private static final String MOUNT = "[ -e " + COUNTERS + "/reset ] || mount -t debugfs none /sys/kernel/debug";

  private final Guest guest;

  private KernelCoverage(Guest guest) { this.guest = guest; }

  /**
   * Those of a guest.
   *
   * @throws RigError if its kernel counts nothing
   */
  public static KernelCoverage of(Guest guest) {
    GuestResult there = guest.exec("sh", "-c", "{ " + MOUNT + "; } 2> /dev/null; [ -e " + COUNTERS + "/reset ]");
    if (there.status() != 0) {
      throw new RigError("coverage: kernel " + guest.kernelRelease() + " has no " + COUNTERS
          + "; it must be built with CONFIG_GCOV_KERNEL");
    }
    return new KernelCoverage(guest);
  }

  /** Sets all to 0. */
  public void reset() { succeed("echo 0 > " + COUNTERS + "/reset"); }

  /**
   * Reads all; they count on.
   *
   * @return which lines ran since they were 0
   * @throws RigError if the host lacks gcov, or the tree in which the kernel was built
   */
  public Tracefile read() {
    List<String> paths = succeed("find " + COUNTERS + " -name '*.gcda'").lines().toList();
    try (Gcov gcov = Gcov.open()) {
      for (String path : paths) {
        gcov.add(path.substring(COUNTERS.length()), bytes(guest, path));
      }
      return gcov.read();
    }
  }

  /** {@return what stands in a file of a guest} */
  static byte[] bytes(Guest guest, String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      guest.agent().read(path, bytes);
    } catch (IOException e) {
      throw new RigError("coverage: " + path + " cannot be read: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  private String succeed(String line) {
    GuestResult result = guest.exec("sh", "-c", line);
    if (result.status() != 0) {
      throw new RigError("coverage: in the guest, '" + line + "' ended with " + result.status() + ": "
          + result.errors().strip());
    }
    return result.output();
  }
}
