package org.ballastvm.rig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * A console that a program's output is a part of. It begins behind a mark, as {@link MarkedStream} has them, and ends at
 * another one with the exit status; what stands before is the machine's.
 */
final class MarkedConsole {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LAST_WORDS = 1000;

  private final BufferedInputStream console;
  private final String token;

  MarkedConsole(InputStream console, String token) {
    this.console = new BufferedInputStream(console);
    this.token = token;
  }

  /**
   * Copies what the program writes, as it comes, to its end.
   *
   * @return its exit status
   * @throws RigError if the machine ends before the program, with the last it said
   */
  int copyTo(OutputStream out) throws IOException {
    awaitBegin();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    MarkedStream program = new MarkedStream(console, token, status);
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int count = program.read(buffer, 0, buffer.length); count >= 0; count = program.read(buffer, 0,
          buffer.length)) {
        out.write(buffer, 0, count);
        out.flush();
      }
    } catch (EOFException e) {
      throw new RigError("the Intel rig ended before the program did", e);
    }
    return status.join();
  }

  private void awaitBegin() throws IOException {
    byte[] mark = ("\u0001" + token + " begin\n").getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < mark.length) {
      int next = console.read();
      if (next < 0) {
        String text = said.toString(StandardCharsets.UTF_8).strip();
        throw new RigError("the Intel rig did not come up; "
            + (text.isEmpty()
                ? "it said nothing"
                : "it said: " + text.substring(Math.max(0, text.length() - LAST_WORDS))));
      }
      said.write(next);
      matched = next == mark[matched] ? matched + 1 : next == mark[0] ? 1 : 0;
    }
  }
}
