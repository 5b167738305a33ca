package org.ballastvm.testkit;

import java.util.Optional;
import org.ballastvm.images.GuestImages;

/** Where the guests of this process run: found once, when the first is to boot. */
public final class GuestHosts {
  private static GuestHost host;
  private static Rig rig;

  private GuestHosts() {}

  /** {@return the kernels and guests that tests boot} */
  public static GuestImages images() {
    return GuestImages.ofUser();
  }

  /**
   * Finds, by trying, where Linux boots.
   *
   * @return this host, or the rig on it, which is started if need be
   * @throws RigError if neither is to be had, with what is missing
   */
  public static synchronized GuestHost find() {
    if (host == null) {
      Optional<String> obstacle = DirectProbe.obstacle(images());
      host = obstacle.isEmpty() ? new DirectHost(images()) : rig();
    }
    return host;
  }

  /**
   * The rig of this process, also where guests run without it.
   *
   * @throws RigError if it cannot be had, with what is missing
   */
  public static synchronized Rig rig() {
    if (rig == null) {
      rig = Rig.start(RigConfig.ofTests(), images());
    }
    return rig;
  }
}
