package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.generated.Host;

/** One of KVM's file descriptors: the system, a VM or a vCPU. */
final class KvmFile {
  private final AtomicInteger descriptor;
  private final String what;

  KvmFile(long descriptor, String what) {
    this.descriptor = new AtomicInteger((int) descriptor);
    this.what = what;
  }

  int fd() {
    int now = descriptor.get();
    if (now < 0) {
      throw new IllegalStateException(what + " is closed");
    }
    return now;
  }

  long ioctl(long request, long argument, String name) {
    long result = CALLS.syscall(Host.SYS_ioctl(), fd(), request, argument);
    return result < 0 ? HostError.check(result, name) : result;
  }

  long ioctl(long request, MemorySegment argument, String name) { return ioctl(request, argument.address(), name); }

  void close() {
    int last = descriptor.getAndSet(-1);
    if (last >= 0) {
      CALLS.syscall(Host.SYS_close(), last);
    }
  }
}
