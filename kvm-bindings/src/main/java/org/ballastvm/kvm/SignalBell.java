package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.ballastvm.kvm.generated.Host;

/**
 * An eventfd that a signal of the process signals. The handler is a few instructions of our own: Java code cannot run in
 * one, and the JDK's own way, which starts a thread for each signal, is not for others to use.
 */
final class SignalBell implements AutoCloseable {
  /**
   * The handler, up to the descriptor's number, and what follows that: write(2) of a one.
   *
   * <pre>
   * endbr64; mov eax, 1; mov edi, DESCRIPTOR
   * lea rsi, [rip+8]; mov edx, 8; syscall; ret; .quad 1
   * </pre>
   */
  private static final String HANDLER = "f30f1efab801000000bf";
  private static final String HANDLER_REST = "488d3508000000ba080000000f05c30100000000000000";
  /** What a handler returns to: rt_sigreturn(2), as {@code mov eax, 15; syscall}. */
  private static final String RETURN = "b80f0000000f05";
  private static final long CODE_BYTES = 4096;
  private static final long RETURN_OFFSET = 64;
  /** asm/signal.h; the C library hides it. */
  private static final long SA_RESTORER = 0x04000000;
  private static final long MASK_BYTES = 8;

  private final EventFd bell = EventFd.create();
  private final int signal;

  /**
   * Takes a signal over from whoever had it.
   *
   * @throws HostError EACCES where the host lets no code be made
   */
  SignalBell(int signal) {
    this.signal = signal;
    long code = HostError.check(CALLS.syscall(Host.SYS_mmap(), 0, CODE_BYTES, Host.PROT_READ() | Host.PROT_WRITE(),
        Host.MAP_PRIVATE() | Host.MAP_ANONYMOUS(), -1, 0), "mmap for a signal handler");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = CALLS.view(code, CODE_BYTES, arena);
      int length = put(page, 0, HANDLER);
      page.set(ValueLayout.JAVA_INT_UNALIGNED, length, bell.fd());
      put(page, length + Integer.BYTES, HANDLER_REST);
      put(page, RETURN_OFFSET, RETURN);
    }
    HostError.check(CALLS.syscall(Host.SYS_mprotect(), code, CODE_BYTES, Host.PROT_READ() | Host.PROT_EXEC()),
        "mprotect for a signal handler");
    act(code, Host.SA_RESTART() | SA_RESTORER, code + RETURN_OFFSET);
  }

  private static int put(MemorySegment page, long offset, String code) {
    byte[] bytes = HexFormat.of().parseHex(code);
    MemorySegment.copy(bytes, 0, page, ValueLayout.JAVA_BYTE, offset, bytes.length);
    return bytes.length;
  }

  /** The kernel's struct sigaction, which is not the C library's: handler, flags, restorer, mask. */
  private void act(long handler, long flags, long restorer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(JAVA_LONG, 4);
      action.setAtIndex(JAVA_LONG, 0, handler);
      action.setAtIndex(JAVA_LONG, 1, flags);
      action.setAtIndex(JAVA_LONG, 2, restorer);
      HostError.check(CALLS.syscall(Host.SYS_rt_sigaction(), signal, action.address(), 0, MASK_BYTES),
          "rt_sigaction " + signal);
    }
  }

  EventFd bell() { return bell; }

  /** Leaves the signal to its default. */
  @Override
  public void close() {
    act(0, 0, 0);
    bell.close(); // its handler's code stays: another thread may be in it
  }
}
