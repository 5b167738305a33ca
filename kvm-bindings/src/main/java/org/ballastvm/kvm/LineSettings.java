package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.termios;

/** How the kernel treats what goes through a terminal's line: termios(3). */
final class LineSettings {
  private final MemorySegment settings;

  /** Settings that are all zeros until they are read. */
  LineSettings(Arena arena) {
    settings = arena.allocate(termios.SIZE, 8);
  }

  /** Reads those of a terminal. Returns what the call does: below zero for a descriptor that is no terminal. */
  long readFrom(int descriptor) {
    return CALLS.syscall(Host.SYS_ioctl(), descriptor, Host.TCGETS(), settings.address());
  }

  /** Gives them to a terminal. Returns what the call does. */
  long writeTo(int descriptor) {
    return CALLS.syscall(Host.SYS_ioctl(), descriptor, Host.TCSETS(), settings.address());
  }

  /** Passes on every byte of input as it is, when it comes, without echo; Ctrl-C and the like send signals only if asked. */
  void passKeys(boolean signals) {
    set32(settings, termios.c_iflag, get32(settings, termios.c_iflag)
        & ~(Host.BRKINT() | Host.ICRNL() | Host.INPCK() | Host.ISTRIP() | Host.IXON()));
    set32(settings, termios.c_lflag,
        get32(settings, termios.c_lflag)
            & ~(Host.ECHO() | Host.ICANON() | Host.IEXTEN() | (signals ? 0 : Host.ISIG())));
    set32(settings, termios.c_cflag,
        get32(settings, termios.c_cflag) & ~(Host.CSIZE() | Host.PARENB()) | Host.CS8());
    MemorySegment control = settings.asSlice(termios.c_cc);
    control.set(ValueLayout.JAVA_BYTE, Host.VMIN(), (byte) 1);
    control.set(ValueLayout.JAVA_BYTE, Host.VTIME(), (byte) 0);
  }

  /** Passes on every byte of output as it is. */
  void passOutput() {
    set32(settings, termios.c_oflag, get32(settings, termios.c_oflag) & ~Host.OPOST());
  }

  void copyFrom(LineSettings other) { settings.copyFrom(other.settings); }

  boolean isAs(LineSettings other) { return settings.mismatch(other.settings) < 0; }
}
