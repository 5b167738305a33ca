package org.ballastvm.vmm.vsock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;
import org.ballastvm.kvm.HostSocket;

/**
 * The line by which a program says which port of the guest it wants: {@code CONNECT PORT}, as Firecracker has it. What
 * follows the line is the stream's, so it is read byte by byte.
 */
final class Greeting {
  private static final String WORD = "CONNECT ";
  /** The word, a number of ten digits, and the end of the line. */
  private static final int MOST_CHARACTERS = 32;

  private final StringBuilder line = new StringBuilder();
  private final MemorySegment one = Arena.ofAuto().allocate(1);
  private boolean over;

  /** Reads what there is of it; true if it is there, or the program is gone or says something else. */
  boolean read(HostSocket socket) {
    while (!over) {
      int count = socket.read(one);
      if (count == HostSocket.WOULD_BLOCK) {
        return false;
      }
      char next = (char) (one.get(ValueLayout.JAVA_BYTE, 0) & 0xff);
      over = count == HostSocket.END || next == '\n' || line.length() == MOST_CHARACTERS;
      line.append(count == HostSocket.END ? '?' : next);
    }
    return true;
  }

  /** The port, unsigned; empty if the line was another. */
  OptionalInt port() {
    String said = line.toString().strip();
    if (line.indexOf("\n") < 0 || !said.startsWith(WORD)) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseUnsignedInt(said.substring(WORD.length()).strip()));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
