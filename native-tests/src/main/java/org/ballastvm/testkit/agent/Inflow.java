package org.ballastvm.testkit.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stream from the guest. What has come and was not read is never more than the window; the guest is given more as it is
 * read. Closing it is felt by who writes it, as a pipe that nobody reads is.
 */
final class Inflow extends InputStream {
  private final Wire wire;
  private final int session;
  private final int stream;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int offset;
  private int uncreditedBytes;
  private int openBytes = Frame.WINDOW_BYTES;
  private boolean ended;
  private boolean closed;
  private String failure;

  Inflow(Wire wire, int session, int stream) {
    this.wire = wire;
    this.session = session;
    this.stream = stream;
  }

  /**
   * Takes what has come.
   *
   * @throws IOException if the guest was not allowed to send as much
   */
  synchronized void take(byte[] bytes) throws IOException {
    if (ended || bytes.length > openBytes) {
      throw new IOException("the guest's agent sends more than it was given credit for");
    }
    if (!closed && bytes.length > 0) {
      openBytes -= bytes.length;
      waiting.add(bytes);
      notifyAll();
    }
  }

  /** Nothing more comes. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The connection is gone before the end came. */
  synchronized void fail(String sentence) {
    if (!ended) {
      failure = sentence;
      end();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count;
    int credit = 0;
    synchronized (this) {
      awaitBytes();
      byte[] first = waiting.peek();
      if (first == null) {
        return -1;
      }
      count = Math.min(length, first.length - offset);
      System.arraycopy(first, offset, target, at, count);
      offset += count;
      if (offset == first.length) {
        waiting.remove();
        offset = 0;
      }
      uncreditedBytes += count;
      if (uncreditedBytes >= Frame.WINDOW_BYTES / 2 && !ended) {
        credit = uncreditedBytes;
        openBytes += credit;
        uncreditedBytes = 0;
      }
    }
    if (credit > 0) {
      wire.send(session, Frame.CREDIT, stream, Frame.numbers(credit));
    }
    return count;
  }

  private void awaitBytes() throws IOException {
    try {
      while (waiting.isEmpty() && !ended && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while reading from the guest").initCause(e);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (waiting.isEmpty() && failure != null) {
      throw new IOException(failure);
    }
  }

  @Override
  public synchronized int available() { return waiting.isEmpty() ? 0 : waiting.peek().length - offset; }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      waiting.clear();
      notifyAll();
      if (ended) {
        return;
      }
    }
    wire.send(session, Frame.CLOSE, stream, new byte[0]);
  }
}
