package org.ballastvm.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.agent.GuestResult;
import org.ballastvm.testkit.coverage.Addresses;
import org.ballastvm.testkit.coverage.KcovProgram;
import org.ballastvm.testkit.coverage.Tracefile;

/**
 * Which lines of a guest's kernel one program runs, by its own system calls: no interrupts, no kernel threads, and not what it
 * starts. The kernel was built with {@code CONFIG_KCOV} (Documentation/dev-tools/kcov.rst), and the guest has the agent. What a
 * module runs is not in it.
 */
public final class ProgramCoverage {
  private static final String PROGRAM = "/ballast-kcov";
  private static final String PLACES = "/ballast-kcov.places";

  private final Guest guest;
  private final Addresses kernel;

  private ProgramCoverage(Guest guest, Addresses kernel) {
    this.guest = guest;
    this.kernel = kernel;
  }

  /**
   * What a program did.
   *
   * @param result what it wrote, and how it ended
   * @param lines  those that it ran, and how often; no others, and no functions
   */
  public record Covered(GuestResult result, Tracefile lines) {}

  /**
   * Makes a guest ready for it.
   *
   * @param vmlinux its kernel, with debug information
   * @throws RigError if the kernel does not note where programs are
   */
  public static ProgramCoverage of(Guest guest, Path vmlinux) {
    GuestResult there = guest.exec("sh", "-c",
        "[ -e /sys/kernel/debug/kcov ] || mount -t debugfs none /sys/kernel/debug; [ -e /sys/kernel/debug/kcov ]");
    if (there.status() != 0) {
      throw new RigError("coverage: kernel " + guest.kernelRelease()
          + " has no /sys/kernel/debug/kcov; it must be built with CONFIG_KCOV");
    }
    try {
      guest.agent().write(PROGRAM, 0700, new ByteArrayInputStream(KcovProgram.build()));
    } catch (IOException e) {
      throw new RigError("coverage: " + PROGRAM + " cannot be written: " + e.getMessage(), e);
    }
    return new ProgramCoverage(guest, Addresses.of(vmlinux));
  }

  /**
   * Runs a program in the guest to its end.
   *
   * @param words the program, found on {@code PATH}, and its arguments
   * @return its result, and which lines it ran
   * @throws RigError if it was in more places than are noted
   */
  public Covered run(String... words) {
    List<String> line = new ArrayList<>(List.of(PROGRAM, Integer.toString(KcovProgram.WORDS), PLACES));
    line.addAll(List.of(words));
    guest.exec("rm", "-f", PLACES);
    GuestResult result = guest.exec(line.toArray(String[]::new));
    byte[] places = KernelCoverage.bytes(guest, PLACES);
    return new Covered(result, KcovProgram.read(places, kernel, guest.memory().symbol("_text")));
  }
}
