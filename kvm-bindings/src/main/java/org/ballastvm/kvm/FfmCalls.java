package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.ballastvm.kvm.generated.sigaction;

/**
 * The provider over the Foreign Function &amp; Memory API. One shape of call, seven longs, serves everything, because
 * each further shape costs start-up time.
 */
@SuppressWarnings("restricted") // this class and no other
final class FfmCalls implements NativeCalls {
  private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
  private static final FunctionDescriptor SEVEN_LONGS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
      JAVA_LONG,
      JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();
  private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(SEVEN_LONGS, CAPTURE_ERRNO);
  private static final MemorySegment SYSCALL = LIBC.findOrThrow("syscall");
  private static final ThreadLocal<MemorySegment> ERRNO = ThreadLocal
      .withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  @Override
  public String name() { return "ffm"; }

  @Override
  public long syscall(long number, long a, long b, long c, long d, long e, long f) {
    return call(SYSCALL, number, a, b, c, d, e, f);
  }

  @Override
  public long installHarmlessHandler(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(sigaction.layout());
      // abs(int) has a handler's signature, touches nothing, and is safe at any moment.
      action.set(JAVA_LONG, 0, LIBC.findOrThrow("abs").address());
      long result = call(LIBC.findOrThrow("sigaction"), signal, action.address(), 0, 0, 0, 0, 0);
      // It returns an int: the upper half of the register that call() looked at means nothing.
      return (int) result == -1 ? -ERRNO.get().get(JAVA_INT, 0) : (int) result;
    }
  }

  @Override
  public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
    return MemorySegment.ofAddress(address).reinterpret(lengthBytes, lifetime, null);
  }

  private static long call(MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
    MemorySegment errno = ERRNO.get();
    long result;
    try {
      result = (long) CALL.invokeExact(function, errno, a, b, c, d, e, f, g);
    } catch (Throwable impossible) {
      throw new AssertionError("a native call cannot throw", impossible);
    }
    return result == -1 ? -errno.get(JAVA_INT, 0) : result;
  }
}
