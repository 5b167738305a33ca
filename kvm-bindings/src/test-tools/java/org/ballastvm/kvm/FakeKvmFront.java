package org.ballastvm.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Stands before the native provider of a test JVM: a {@link FakeKvm} that is there sees each system call first. */
final class FakeKvmFront implements NativeCalls {
  static volatile FakeKvm present;

  private final NativeCalls host;

  FakeKvmFront(NativeCalls host) { this.host = host; }

  @Override
  public String name() { return host.name(); }

  @Override
  public long syscall(long number, long a, long b, long c, long d, long e, long f) {
    FakeKvm fake = present;
    return fake == null ? host.syscall(number, a, b, c, d, e, f) : fake.syscall(host, number, a, b, c, d, e, f);
  }

  @Override
  public long installHarmlessHandler(int signal) { return host.installHarmlessHandler(signal); }

  @Override
  public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
    return host.view(address, lengthBytes, lifetime);
  }
}
