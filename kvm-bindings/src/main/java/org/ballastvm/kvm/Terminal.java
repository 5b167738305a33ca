package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.termios;

/** The terminal on standard input, switched to pass every key on, and back. */
public final class Terminal implements AutoCloseable {
  private static final int STDIN = 0;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment saved;
  private boolean restored;

  private Terminal(boolean signals) {
    saved = arena.allocate(termios.SIZE, 8);
    long result = CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TCGETS(), saved.address());
    if (result < 0) {
      arena.close();
      HostError.check(result, "TCGETS of standard input");
    }
    MemorySegment raw = arena.allocate(termios.SIZE, 8);
    raw.copyFrom(saved);
    passKeys(raw, signals);
    HostError.check(CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TCSETS(), raw.address()), "TCSETS");
  }

  /** Changes a line's settings so that every byte of input comes through as it is, when it comes, without echo. */
  static void passKeys(MemorySegment raw, boolean signals) {
    set32(raw, termios.c_iflag, get32(raw, termios.c_iflag)
        & ~(Host.BRKINT() | Host.ICRNL() | Host.INPCK() | Host.ISTRIP() | Host.IXON()));
    set32(raw, termios.c_lflag,
        get32(raw, termios.c_lflag) & ~(Host.ECHO() | Host.ICANON() | Host.IEXTEN() | (signals ? 0 : Host.ISIG())));
    set32(raw, termios.c_cflag, get32(raw, termios.c_cflag) & ~(Host.CSIZE() | Host.PARENB()) | Host.CS8());
    MemorySegment control = raw.asSlice(termios.c_cc);
    control.set(ValueLayout.JAVA_BYTE, Host.VMIN(), (byte) 1);
    control.set(ValueLayout.JAVA_BYTE, Host.VTIME(), (byte) 0);
  }

  /** {@return whether standard input is a terminal} */
  public static boolean isPresent() {
    try (Arena arena = Arena.ofConfined()) {
      return CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TCGETS(), arena.allocate(termios.SIZE, 8).address()) == 0;
    }
  }

  /** {@return columns and rows of the terminal on standard input; zeros if it has none or does not know} */
  public static int[] size() {
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize: rows and columns come first, ioctl_tty(2).
      MemorySegment size = arena.allocate(8, 8);
      CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TIOCGWINSZ(), size.address());
      return new int[]{size.get(ValueLayout.JAVA_SHORT, 2) & 0xffff, size.get(ValueLayout.JAVA_SHORT, 0) & 0xffff};
    }
  }

  /**
   * Passes every key on as it is pressed, without echo.
   *
   * @param signals Ctrl-C and the like still send signals
   * @return the way back
   * @throws HostError ENOTTY if standard input is no terminal
   */
  public static Terminal raw(boolean signals) { return new Terminal(signals); }

  /** Puts the terminal back as it was. Twice is harmless. */
  @Override
  public synchronized void close() {
    if (!restored) {
      restored = true;
      CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TCSETS(), saved.address());
      arena.close();
    }
  }
}
