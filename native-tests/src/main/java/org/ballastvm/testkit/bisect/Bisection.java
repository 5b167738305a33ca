package org.ballastvm.testkit.bisect;

import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.RigError;
import org.ballastvm.vmm.config.UserError;

/** Judges a commit by a build and a command in a guest. */
final class Bisection {
  private static final int SKIP = 125;
  private static final int SIGNALS = 128;

  private final boolean bootCounts;

  /** @param bootCounts whether a kernel that does not boot is bad; else it is skipped */
  Bisection(boolean bootCounts) {
    this.bootCounts = bootCounts;
  }

  /**
   * Judges.
   *
   * @param build builds the kernel, and has the exit status; 128 and more is that of a build that was interrupted
   * @param trial boots it, and runs the command; what they throw is the host's, or the user's
   */
  Step judge(IntSupplier build, Supplier<Trial> trial) {
    try {
      int built = build.getAsInt();
      if (built != 0) {
        return built >= SIGNALS
            ? new Step.Stop("the build was ended by a signal (" + built + ")")
            : new Step.Skip("the kernel does not build (" + built + ")");
      }
      return switch (trial.get()) {
        case Trial.Ended ended -> byStatus(ended.status());
        case Trial.GuestLost lost -> new Step.Bad(lost.sentence());
        case Trial.NotUp notUp -> bootCounts ? new Step.Bad(notUp.sentence()) : new Step.Skip(notUp.sentence());
      };
    } catch (RigError | ImageError | UserError e) {
      return new Step.Stop(e.getMessage());
    }
  }

  private static Step byStatus(int status) {
    return switch (status) {
      case 0 -> new Step.Good();
      case SKIP -> new Step.Skip("the command ended with " + SKIP);
      default -> new Step.Bad("the command ended with " + status);
    };
  }
}
