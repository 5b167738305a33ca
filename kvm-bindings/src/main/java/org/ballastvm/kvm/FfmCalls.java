package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.sigaction;

/**
 * The provider over the Foreign Function &amp; Memory API. One shape of call, seven longs, serves everything, because
 * each further shape costs start-up time.
 *
 * <p>
 * System calls go through {@link SystemCallCode}, not through libc's {@code syscall}, whose errno the linker would have to
 * capture.
 */
@SuppressWarnings("restricted") // this class and no other
final class FfmCalls implements NativeCalls {
  private static final FunctionDescriptor SEVEN_LONGS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
      JAVA_LONG,
      JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();
  private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(SEVEN_LONGS);

  private static final long CODE_BYTES = 4096;
  private static final MemorySegment SYSCALL = MemorySegment.ofAddress(makeCode());

  @Override
  public String name() { return "ffm"; }

  @Override
  public String description() {
    return "FFM; system calls go through " + SystemCallCode.BYTES + " bytes of code of Ballast's own";
  }

  @Override
  public long syscall(long number, long a, long b, long c, long d, long e, long f) {
    return call(SYSCALL, number, a, b, c, d, e, f);
  }

  @Override
  public long installHarmlessHandler(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(sigaction.SIZE, 8);
      // abs(int) has a handler's signature, touches nothing, and is safe at any moment.
      action.set(JAVA_LONG, 0, LIBC.findOrThrow("abs").address());
      // It returns an int: the upper half of the register means nothing. EINVAL is all that it refuses with.
      boolean refused = (int) call(LIBC.findOrThrow("sigaction"), signal, action.address(), 0, 0, 0, 0, 0) != 0;
      return refused ? -Host.EINVAL() : 0;
    }
  }

  @Override
  public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
    return MemorySegment.ofAddress(address).reinterpret(lengthBytes, lifetime, null);
  }

  private static long makeCode() {
    long address = call(LIBC.findOrThrow("mmap"), 0, CODE_BYTES, Host.PROT_READ() | Host.PROT_WRITE(),
        Host.MAP_PRIVATE() | Host.MAP_ANONYMOUS(), -1, 0, 0);
    if (address == -1) {
      throw new UnsupportedOperationException("no memory for the code of a system call");
    }
    SystemCallCode.writeTo(MemorySegment.ofAddress(address).reinterpret(CODE_BYTES));
    if ((int) call(LIBC.findOrThrow("mprotect"), address, CODE_BYTES, Host.PROT_READ() | Host.PROT_EXEC(), 0, 0, 0,
        0) != 0) {
      throw new UnsupportedOperationException("the host lets no code be made");
    }
    return address;
  }

  private static long call(MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
    try {
      return (long) CALL.invokeExact(function, a, b, c, d, e, f, g);
    } catch (Throwable impossible) {
      throw new AssertionError("a native call cannot throw", impossible);
    }
  }
}
