package org.ballastvm.rig;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * What one program writes to a port that outlives it. It ends at a mark: byte 1, a token that nobody can guess, a
 * space, the exit status, a newline.
 */
final class MarkedStream extends InputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte MARK = 1;

  private final InputStream port;
  private final byte[] mark;
  private final CompletableFuture<Integer> status;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;
  private boolean ended;

  MarkedStream(InputStream port, String token, CompletableFuture<Integer> status) {
    this.port = port;
    this.mark = ('\u0001' + token + ' ').getBytes(StandardCharsets.US_ASCII);
    this.status = status;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (ended) {
        return -1;
      }
      int plain = plainBytes();
      if (plain > 0) {
        int count = Math.min(plain, length);
        System.arraycopy(buffer, from, target, offset, count);
        from += count;
        return count;
      }
      if (!endsHere()) {
        fill();
      }
    }
  }

  /** {@return how many bytes at the front cannot belong to the mark} */
  private int plainBytes() {
    for (int i = from; i < to; i++) {
      if (buffer[i] == MARK && mayBeMark(i)) {
        return i - from;
      }
    }
    return to - from;
  }

  private boolean mayBeMark(int at) {
    for (int i = 0; i < mark.length && at + i < to; i++) {
      if (buffer[at + i] != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** The front is the mark, or its beginning. */
  private boolean endsHere() {
    int statusAt = from + mark.length;
    for (int i = statusAt; i < to; i++) {
      if (buffer[i] == '\n') {
        ended = true;
        status.complete(Integer.parseInt(new String(buffer, statusAt, i - statusAt, StandardCharsets.US_ASCII)));
        return true;
      }
    }
    return false;
  }

  private void fill() throws IOException {
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    int count;
    try {
      count = port.read(buffer, to, buffer.length - to);
    } catch (IOException e) {
      status.completeExceptionally(e);
      throw e;
    }
    if (count < 0) {
      EOFException gone = new EOFException("the rig ended");
      status.completeExceptionally(gone);
      throw gone;
    }
    to += count;
  }
}
