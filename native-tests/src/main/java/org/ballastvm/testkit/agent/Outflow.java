package org.ballastvm.testkit.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** A stream to the guest. A write waits until the guest has room; where nobody reads there any more, it is an error. */
final class Outflow extends OutputStream {
  private final Wire wire;
  private final int session;
  private int creditBytes = Frame.WINDOW_BYTES;
  private boolean unread;
  private boolean closed;

  Outflow(Wire wire, int session) {
    this.wire = wire;
    this.session = session;
  }

  /** The guest has read so much; a guest that gives more than the window gives the window. */
  synchronized void credit(int bytes) {
    creditBytes = (int) Math.min(Frame.WINDOW_BYTES, creditBytes + Integer.toUnsignedLong(bytes));
    notifyAll();
  }

  /** Nobody reads it any more. */
  synchronized void unread() {
    unread = true;
    notifyAll();
  }

  @Override
  public void write(int b) throws IOException { write(new byte[]{(byte) b}, 0, 1); }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int part = takeCredit(Math.min(length - done, Frame.DATA_BYTES));
      wire.send(session, Frame.DATA, Frame.INPUT, 0, bytes, offset + done, part);
      done += part;
    }
  }

  private synchronized int takeCredit(int wanted) throws IOException {
    try {
      while (creditBytes == 0 && !unread && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while writing to the guest").initCause(e);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (unread) {
      throw new IOException("nobody in the guest reads it any more");
    }
    int part = Math.min(wanted, creditBytes);
    creditBytes -= part;
    return part;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed || unread) {
        closed = true;
        return;
      }
      closed = true;
      notifyAll();
    }
    wire.send(session, Frame.END_OF_STREAM, Frame.INPUT, new byte[0]);
  }
}
