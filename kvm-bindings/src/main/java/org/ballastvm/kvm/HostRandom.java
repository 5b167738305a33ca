package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;

/** The host's random number generator. */
public final class HostRandom {
  private HostRandom() {}

  /**
   * Fills native memory, getrandom(2). Allocates nothing.
   *
   * @param into native memory
   */
  public static void fill(MemorySegment into) {
    long address = Buffers.address(into);
    long done = 0;
    while (done < into.byteSize()) {
      long result = CALLS.syscall(Host.SYS_getrandom(), address + done, into.byteSize() - done, 0);
      if (result != -Host.EINTR()) {
        done += HostError.check(result, "getrandom");
      }
    }
  }
}
