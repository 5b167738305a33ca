package org.ballastvm.vmm.folder;

import org.ballastvm.kvm.HostNode;
import org.ballastvm.virtio.p9.P9Error;

/** Flags of open(2) as 9P2000.L has them (P9_DOTL_* of Linux), and which of them count. */
final class OpenFlags {
  private static final int ACCESS_MASK = 3;
  private static final int WRITE_ONLY = 1;
  private static final int READ_WRITE = 2;
  private static final int TRUNCATE = 01000;
  private static final int APPEND = 02000;
  private static final int DATA_SYNC = 010000;

  private OpenFlags() {}

  /** How a file is opened. Whether it is made, or must not be there, is the driver's affair by then. */
  static HostNode.Opening opening(int flags) {
    int access = flags & ACCESS_MASK;
    if (access == ACCESS_MASK) {
      throw new P9Error(P9Error.EINVAL);
    }
    return new HostNode.Opening(access != WRITE_ONLY, access != 0, (flags & TRUNCATE) != 0, (flags & APPEND) != 0,
        (flags & DATA_SYNC) != 0);
  }

  static HostNode.Opening directory(int flags) {
    int access = flags & ACCESS_MASK;
    if (access == WRITE_ONLY || access == READ_WRITE) {
      throw new P9Error(P9Error.EISDIR);
    }
    return HostNode.Opening.READ;
  }
}
