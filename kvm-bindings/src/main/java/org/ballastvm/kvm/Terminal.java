package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.ballastvm.kvm.generated.Host;

/**
 * The terminal on standard input, switched to pass every key on, and back. It belongs to the processes that a shell has in
 * the foreground: the kernel stops a process that changes it, or reads it, from the background.
 */
public final class Terminal implements AutoCloseable {
  private static final int STDIN = 0;

  private final Arena arena = Arena.ofShared();
  private final LineSettings saved = new LineSettings(arena);
  private final LineSettings raw = new LineSettings(arena);
  private final LineSettings found = new LineSettings(arena);
  private final MemorySegment group = arena.allocate(ValueLayout.JAVA_INT);
  private final boolean signals;
  private SignalBell bell;
  private boolean changed;
  private boolean closed;

  private Terminal(boolean signals) {
    this.signals = signals;
    long result = found.readFrom(STDIN);
    if (result < 0) {
      arena.close();
      HostError.check(result, "TCGETS of standard input");
    }
    takeUp();
  }

  /** {@return whether standard input is a terminal} */
  public static boolean isPresent() {
    try (Arena arena = Arena.ofConfined()) {
      return new LineSettings(arena).readFrom(STDIN) == 0;
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
   * Passes every key on as it is pressed, without echo; from when the process is in the foreground, see {@link #takeUp}.
   *
   * @param signals Ctrl-C and the like still send signals
   * @return the way back
   * @throws HostError ENOTTY if standard input is no terminal
   */
  public static Terminal raw(boolean signals) { return new Terminal(signals); }

  /** {@return whether the process may read the terminal and change it; true, too, for one that no shell shares out} */
  public synchronized boolean isForeground() {
    return closed || CALLS.syscall(Host.SYS_ioctl(), STDIN, Host.TIOCGPGRP(), group.address()) < 0
        || group.get(ValueLayout.JAVA_INT, 0) == CALLS.syscall(Host.SYS_getpgrp());
  }

  /**
   * Passes every key on if the process is in the foreground. A shell puts its own settings in place when it stops a process
   * or sees it stop, so this is to be done again whenever the process goes on.
   *
   * @return whether the process is in the foreground
   */
  public synchronized boolean takeUp() {
    if (!isForeground()) {
      return false;
    }
    if (!closed && found.readFrom(STDIN) >= 0 && !found.isAs(raw)) {
      saved.copyFrom(found);
      raw.copyFrom(found);
      raw.passKeys(signals);
      if (raw.writeTo(STDIN) == 0) { // else it was hung up just now
        raw.readFrom(STDIN); // as the kernel has it, to know it again
        changed = true;
      }
    }
    return true;
  }

  /**
   * What is signalled each time that the process was stopped and goes on: SIGCONT.
   *
   * @return a counter, until this is closed; empty if it is, and where the host lets no signal handler be made
   */
  public synchronized Optional<EventFd> continued() {
    if (bell == null && !closed) {
      try {
        bell = new SignalBell(Host.SIGCONT());
      } catch (HostError e) {
        return Optional.empty();
      }
    }
    return Optional.ofNullable(bell).map(SignalBell::bell);
  }

  /** Puts the terminal back as it was, unless a shell has done so. Twice is harmless. */
  @Override
  public synchronized void close() {
    if (!closed) {
      if (changed && isForeground()) {
        saved.writeTo(STDIN);
      }
      closed = true;
      arena.close();
      if (bell != null) {
        bell.close();
        bell = null;
      }
    }
  }
}
