package org.ballastvm.kvm;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.ballastvm.kvm.generated.Offsets.sigaction;

/** The provider over JNA, for a JVM whose FFM linker is missing or denied to this module. */
final class JnaCalls implements NativeCalls {
  private static final NativeLibrary LIBC = NativeLibrary.getInstance("c");

  /** Functions of libc, bound by JNA's direct mapping. */
  private static final class Libc {
    static {
      Native.register(Libc.class, LIBC);
    }

    private Libc() {}

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    static native int sigaction(int signal, long action, long old);
  }

  @Override
  public String name() { return "jna"; }

  @Override
  public String description() {
    return "JNA, as FFM is missing or denied, or as asked for; system calls go through libc";
  }

  @Override
  public long syscall(long number, long a, long b, long c, long d, long e, long f) {
    long result = Libc.syscall(number, a, b, c, d, e, f);
    return result == -1 ? -Native.getLastError() : result;
  }

  @Override
  public long installHarmlessHandler(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(sigaction.SIZE, 8);
      // abs(int) has a handler's signature, touches nothing, and is safe at any moment.
      action.set(ValueLayout.JAVA_LONG, 0, Pointer.nativeValue(LIBC.getFunction("abs")));
      int result = Libc.sigaction(signal, action.address(), 0);
      return result == -1 ? -Native.getLastError() : result;
    }
  }

  @Override
  public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
    return MemorySegment.ofBuffer(new Pointer(address).getByteBuffer(0, lengthBytes).order(ByteOrder.nativeOrder()));
  }
}
