package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.vmm.config.UserError;

/** Descriptors that a client has sent along with a command, by SCM_RIGHTS over a Unix socket. */
@FunctionalInterface
public interface Passed {
  /** {@return those of a client that has sent none; a field would keep all that implement this out of the JVM's cache} */
  static Passed none() {
    return Optional::empty;
  }

  /** {@return the first that came and was not taken yet, the caller's from now on} */
  Optional<PassedDescriptor> take();

  /**
   * The first that came.
   *
   * @return the descriptor, the caller's from now on
   * @throws UserError if none came
   */
  default PassedDescriptor require() {
    return take().orElseThrow(() -> new UserError("No file descriptor supplied via SCM_RIGHTS"));
  }
}
