package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import org.ballastvm.kvm.generated.Host;

/** Facts of this process and its host. */
public final class HostProcess {
  private HostProcess() {}

  /** {@return the size of a normal page in bytes; x86-64 has no other} */
  public static long pageSizeBytes() {
    return 4096;
  }

  /** {@return the calling thread's number, as the host's tools show it} */
  public static int threadId() {
    return (int) CALLS.syscall(Host.SYS_gettid());
  }
}
