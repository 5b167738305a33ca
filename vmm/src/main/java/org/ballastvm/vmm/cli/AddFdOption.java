package org.ballastvm.vmm.cli;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.kvm.FdSets;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;

/**
 * {@code -add-fd}: a descriptor that this process was started with, for a set.
 *
 * @param fd its number, 3 or more
 * @param set the set's number
 * @param opaque what its giver calls it, if anything
 */
record AddFdOption(int fd, int set, Optional<String> opaque) {
  private static final int FIRST = 3;

  /** Throws UserError for what is none. */
  static AddFdOption parse(String text) {
    KeyValues values = KeyValues.parse("-add-fd", text, "fd");
    int fd = values.takeInt("fd", FIRST, Integer.MAX_VALUE)
        .orElseThrow(() -> values.error("parameter 'fd' is missing"));
    int set = values.takeInt("set", 0, 999_999_999).orElseThrow(() -> values.error("parameter 'set' is missing"));
    Optional<String> opaque = values.take("opaque");
    values.refuseRest("fd, set, opaque");
    return new AddFdOption(fd, set, opaque);
  }

  /** Takes a copy of it into its set. */
  void apply() {
    try {
      FdSets.ofProcess().add(PassedDescriptor.inherited(fd), OptionalInt.of(set), opaque);
    } catch (HostError e) {
      throw new UserError("-add-fd fd=" + fd + ": fd is not valid or already in use", e);
    }
  }
}
