package org.ballastvm.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.Progress;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigError;

/** Where the guests of this process run: found once, when the first is to boot. */
public final class GuestHosts {
  /** In less than a second, but where much else runs. */
  private static final Duration RIG_ANSWERS = Duration.ofMinutes(1);
  private static final HostedCommand PROCESSES = HostedCommand.of("/run/busybox", "top", "-b", "-n", "1");

  private static Progress progress = Progress.SILENT;
  private static Optional<String> linuxObstacle;
  private static GuestHost host;
  private static Rig rig;

  private GuestHosts() {}

  /** Shows someone what takes long. */
  public static synchronized void show(Progress listener) { progress = listener; }

  /** {@return the kernels and guests that tests boot} */
  public static synchronized GuestImages images() {
    return GuestImages.ofUser().showing(progress);
  }

  /**
   * Finds, by trying, where Linux boots.
   *
   * @return this host, or the rig on it, which is started if need be
   * @throws RigError if neither is to be had, with what is missing
   * @throws org.ballastvm.images.ImageError if there is no kernel to try
   */
  public static synchronized GuestHost find() {
    if (host == null) {
      Optional<String> obstacle = directObstacle();
      if (obstacle.isPresent() && DirectProbe.hardware().isPresent()) {
        System.err.println("ballast: guests run in the rig, ten times slower: " + obstacle.get());
      }
      host = obstacle.isEmpty() ? new DirectHost(images()) : rig();
    }
    return host;
  }

  /** {@return why Linux does not boot on this host itself, in one sentence; nothing if it does} */
  public static Optional<String> directObstacle() {
    return deviceObstacle().or(GuestHosts::linuxObstacle);
  }

  /**
   * As {@link #directObstacle}, without booting a guest where the processor has virtualization: for who would see it fail
   * anyway.
   *
   * @return why Linux does not boot on this host itself; nothing if it should
   */
  public static Optional<String> quickObstacle() {
    Optional<String> device = deviceObstacle();
    return device.isPresent() || DirectProbe.hardware().isPresent() ? device : linuxObstacle();
  }

  /** {@return why {@code /dev/kvm} cannot be opened, and what to do; nothing if it can} */
  public static Optional<String> deviceObstacle() {
    return DirectProbe.deviceObstacle();
  }

  /** {@return why {@code /dev/kvm}, which can be opened, does not boot Linux; nothing if it does} */
  public static synchronized Optional<String> linuxObstacle() {
    if (linuxObstacle == null) {
      linuxObstacle = DirectProbe.linuxObstacle(images());
    }
    return linuxObstacle;
  }

  /** {@return which program the rig lacks, and what to install; nothing if it has all} */
  public static Optional<String> rigObstacle() {
    return Rig.missing();
  }

  /**
   * The rig of this process, also where guests run without it.
   *
   * @throws RigError if it cannot be had, with what is missing
   * @throws org.ballastvm.images.ImageError if its kernel cannot be had
   */
  public static synchronized Rig rig() {
    if (rig == null) {
      rig = Rig.start(RigConfig.ofTests(), images());
    }
    return rig;
  }

  /**
   * Looks at the rig of this process, if there is one, after a test that failed. One that answers no more is given up, and the
   * next test has another.
   *
   * @return what runs in it, or why it was given up; nothing without a rig
   */
  static synchronized Optional<String> examineRig() {
    if (rig == null) {
      return Optional.empty();
    }
    try {
      return Optional.of("in the rig run:\n" + rig.run(RIG_ANSWERS, PROCESSES));
    } catch (RigError e) {
      rig.close();
      rig = null;
      host = null;
      return Optional.of("the rig answers no more, and is given up: " + e.getMessage());
    }
  }

  /** What a guest of a configuration boots. */
  static GuestImage imageOf(GuestConfig config) {
    return imageOf(config.kernel().isEmpty()
        ? images().kernel(config.debian())
        : Kernel.ofPath(Path.of(config.kernel()), Optional.empty()), config);
  }

  /** What a guest of a configuration boots, but for its kernel. */
  static GuestImage imageOf(Kernel kernel, GuestConfig config) {
    return config.agent() ? images().labWithAgent(kernel) : images().lab(kernel);
  }
}
