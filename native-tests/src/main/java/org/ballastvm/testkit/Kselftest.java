package org.ballastvm.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.ktap.Ktap;

/**
 * The kernel's selftests on the host, as {@code make -C tools/testing/selftests install} leaves them, and how a guest runs
 * them from there: its root is the host's for them, by 9P, read-only, with the guest's own /proc, /sys, /dev and /tmp.
 */
final class Kselftest {
  private static final String RUNNER = "run_kselftest.sh";
  private static final String HOST = "/host";
  private static final String ROOT = "/selftests";
  private static final String TESTS = "/tmp/kselftest";

  /** For all tests of a collection. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path directory;

  private Kselftest(Path directory) { this.directory = directory; }

  /**
   * Those of a directory.
   *
   * @throws RigError if they are not installed there
   */
  static Kselftest at(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isExecutable(absolute.resolve(RUNNER))) {
      throw new RigError("kselftest " + directory + ": holds no " + RUNNER
          + "; make -C tools/testing/selftests install INSTALL_PATH=" + directory + " in a kernel's tree makes it");
    }
    return new Kselftest(absolute);
  }

  /**
   * Those that the property {@code ballast.kselftest} names.
   *
   * @throws RigError if it names none
   */
  static Kselftest ofProperty() {
    String named = System.getProperty("ballast.kselftest");
    if (named == null) {
      throw new RigError("kselftest: where the kernel's selftests are installed is not known;"
          + " -Dballast.kselftest=DIRECTORY says it");
    }
    return at(Path.of(named));
  }

  /**
   * Has a guest run a collection.
   *
   * @param collection as {@code memory-hotplug}
   * @param shell runs a line in the guest and returns what it wrote, in {@link #PATIENCE}
   * @param console all that the guest has written
   * @return what its tests said; of a guest that is gone meanwhile, what they had said by then
   * @throws RigError if it cannot be run
   */
  Ktap run(String collection, UnaryOperator<String> shell, Supplier<String> console) {
    int before = console.get().length();
    String said;
    Optional<RigError> end = Optional.empty();
    try {
      said = shell.apply(line(collection));
    } catch (RigError e) {
      // The guest is gone: what had not ended is lost, and says what was said last.
      said = console.get().substring(before);
      end = Optional.of(e);
    }
    Ktap ktap = Ktap.parse(said);
    if (ktap.tests().isEmpty()) {
      throw end.orElse(new RigError("kselftest " + collection + ": no test ran; the guest said: " + said.strip()));
    }
    return ktap;
  }

  /**
   * {@return the line of a shell that runs a collection; its tests have the limits of time that they set themselves}
   *
   * @param collection as {@code memory-hotplug}
   */
  String line(String collection) {
    if (!collection.matches("[A-Za-z0-9_./-]+")) {
      throw new RigError("kselftest " + collection + ": must be the name of a collection, such as memory-hotplug");
    }
    String quoted = "'" + (HOST + directory).replace("'", "'\\''") + "'";
    // They may lie below the host's /tmp, where the guest's own is for what they write: so they are mounted once more.
    return "mkdir -p " + HOST + " " + ROOT + " && { [ -e " + ROOT + "/proc/self ]"
        + " || mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro " + Guest.HOST_TAG + " " + HOST
        + " && mount -o bind " + HOST + " " + ROOT
        + " && for d in proc sys dev tmp; do mount -o bind /$d " + ROOT + "/$d || break; done; }"
        + " && mkdir -p " + TESTS + " && mount -o bind " + quoted + " " + ROOT + TESTS
        + " && chroot " + ROOT + " " + TESTS + "/" + RUNNER + " -c " + collection;
  }
}
