package org.ballastvm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.images.Kernel;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.ktap.Ktap;

/** KUnit in a kernel that has it built in and needs no userland, as {@code kunit.py} builds them. */
public final class Kunit {
  private static final Duration ALL_TESTS = Duration.ofMinutes(10);

  private Kunit() {}

  /**
   * Boots a kernel, which runs its tests and reboots.
   *
   * @param host    where
   * @param kernel  one with {@code CONFIG_KUNIT=y} and tests
   * @param append  more for its command line, for example {@code kunit.filter_glob=list*}
   * @param options more of Ballast's
   * @return what the tests said; what is missing of them is lost if the kernel did not come to its end
   * @throws RigError if it still runs after ten minutes, or the host cannot run Ballast
   */
  public static Ktap run(GuestHost host, Kernel kernel, String append, String... options) {
    List<String> words = new ArrayList<>(List.of("-nodefaults", "-display", "none", "-serial", "stdio", "-m", "1024",
        "-kernel", kernel.image().toString(), "-append",
        ("console=ttyS0 panic=-1 kunit_shutdown=reboot " + append).strip(), "-no-reboot"));
    words.addAll(List.of(options));
    HostedProcess process = host.start(Ballast.command(words, List.of()));
    OptionalInt status = process.waitFor(ALL_TESTS);
    if (status.isEmpty()) {
      process.kill();
      throw new RigError("the tests of " + kernel.image() + " do not end; the console ends with: "
          + end(process.output().text()));
    }
    if (status.getAsInt() != 0) {
      throw new RigError("the tests of " + kernel.image() + " were not run: " + process.errors().text().strip());
    }
    return Ktap.parse(process.output().whole(Duration.ofSeconds(10)));
  }

  private static String end(String console) { return console.substring(Math.max(0, console.length() - 2000)).strip(); }
}
