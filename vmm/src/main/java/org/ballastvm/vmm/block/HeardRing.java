package org.ballastvm.vmm.block;

import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.IoRing;
import org.ballastvm.kvm.KernelRing;
import org.ballastvm.vmm.config.UserError;

/**
 * A ring, and the event by which its owner hears of answers.
 *
 * @param requests the ring
 * @param answered raised for answers
 * @param entries how many requests may be under way
 */
record HeardRing(IoRing requests, EventFd answered, int entries) {
  /** As QEMU has. */
  static final int ENTRIES = 128;

  /**
   * Makes one.
   *
   * @param disk whose, for people
   * @throws UserError if the host has none, or lets this process have none
   */
  static HeardRing open(String disk) {
    EventFd answered = EventFd.create();
    try {
      return new HeardRing(KernelRing.open(ENTRIES, answered), answered, ENTRIES);
    } catch (HostError e) {
      answered.close();
      throw refused(disk, e);
    }
  }

  static UserError refused(String disk, HostError e) {
    return new UserError("disk '" + disk + "': aio=io_uring: the host has no io_uring for this process ("
        + e.getMessage()
        + "): it comes with Linux 5.10, the sysctl kernel.io_uring_disabled and the filters of containers forbid it;"
        + " aio=threads works everywhere", e);
  }
}
