package org.ballastvm.vmm.machine;

import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;

/**
 * What becomes of a vCPU that the host refuses to run. A host without memory may have some soon, a balloon's host above
 * all: such a refusal is tried again for a while. Belongs to the vCPU's thread.
 */
final class KvmTrouble {
  /** 10 s in all: longer than a host takes to swap or to end a process, shorter than a user waits. */
  static final KvmTrouble.Retries USUAL = new Retries(100, TimeUnit.MILLISECONDS.toNanos(100));

  private final String vcpu;
  private final Retries retries;
  private int refusals;

  /**
   * How long a host without memory is waited for.
   *
   * @param count how many
   * @param restNanos between two
   */
  record Retries(int count, long restNanos) {}

  /** A vCPU with no trouble; its name is for people. */
  KvmTrouble(String vcpu, Retries retries) {
    this.vcpu = vcpu;
    this.retries = retries;
  }

  long restNanos() { return retries.restNanos; }

  /** It runs. */
  void over() { refusals = 0; }

  /**
   * Notes a refusal.
   *
   * @return whether it is worth another try
   */
  boolean mayPass(HostError refusal) { return Errno.ENOMEM.equals(refusal.errno()) && ++refusals <= retries.count; }

  /** {@return in a sentence, what cannot be run and why} */
  String sentence(HostError refusal) {
    return vcpu + ": the host does not run it (" + refusal.getMessage() + ")" + cause(refusal.errno());
  }

  private String cause(Errno errno) {
    if (Errno.ENOMEM.equals(errno)) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(retries.count * retries.restNanos);
      return ", for " + seconds
          + " s now: the host is out of memory, or this process may use no more of it (memory.max)";
    }
    if (Errno.EIO.equals(errno)) {
      return ": KVM has given this virtual machine up; the host's kernel log says why";
    }
    if (Errno.EHWPOISON.equals(errno)) {
      return ": a page of the guest's memory is broken in hardware; the host's kernel log says which";
    }
    return "";
  }
}
