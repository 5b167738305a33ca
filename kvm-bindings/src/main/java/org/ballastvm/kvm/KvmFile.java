package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;

/** One of KVM's file descriptors: the system, a VM or a vCPU. */
final class KvmFile {
  private final Descriptor descriptor;

  KvmFile(long descriptor, String what) { this.descriptor = new Descriptor(descriptor, what); }

  int fd() { return descriptor.fd(); }

  long ioctl(long request, long argument, String name) {
    long result = CALLS.syscall(Host.SYS_ioctl(), fd(), request, argument);
    return result < 0 ? HostError.check(result, name) : result;
  }

  long ioctl(long request, MemorySegment argument, String name) { return ioctl(request, argument.address(), name); }

  void close() { descriptor.close(); }
}
