package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A stream that never keeps its writer waiting: a terminal that nobody reads would stop the event loop, or a vCPU, at a
 * line of the log. A thread of its own empties a bounded queue; lines for which there is no room are dropped and counted.
 */
final class QueuedOutput extends OutputStream {
  static final int MOST_QUEUED_BYTES = 64 << 10;
  private static final int USUAL_BYTES = 512;
  /** What is written at once: the end of the process waits for as long as these go out one after the other. */
  private static final int AT_ONCE_BYTES = 1024;

  private final OutputStream to;
  private byte[] queue = new byte[USUAL_BYTES];
  private int count;
  private boolean startsLine = true;
  private boolean droppingLine;
  private long droppedLines;
  /** Of what the thread has taken. */
  private int left;
  private Thread thread;

  /** One to another stream, on which {@code flush} is never called. */
  QueuedOutput(OutputStream to) { this.to = to; }

  @Override
  public void write(int one) { write(new byte[]{(byte) one}, 0, 1); }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int from = offset; from < end;) {
      int next = endOfLine(bytes, from, end);
      queueLine(bytes, from, next - from);
      from = next;
    }
    notifyAll();
    start();
  }

  private static int endOfLine(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return end;
  }

  /** A line or a part of one. */
  private void queueLine(byte[] bytes, int from, int length) {
    boolean ends = bytes[from + length - 1] == '\n';
    if (droppingLine || length >= MOST_QUEUED_BYTES - count) {
      if (!droppingLine && !startsLine) {
        queue(new byte[]{'\n'}, 0, 1); // the part of it that is queued is a line now; the last byte is kept for this
      }
      startsLine = true;
      droppedLines += ends ? 1 : 0;
      droppingLine = !ends;
    } else {
      queue(bytes, from, length);
      startsLine = ends;
    }
  }

  private void queue(byte[] bytes, int from, int length) {
    if (count + length > queue.length) {
      queue = Arrays.copyOf(queue, Math.max(queue.length * 2, count + length));
    }
    System.arraycopy(bytes, from, queue, count, length);
    count += length;
  }

  private void start() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("log").start(this::pass);
    }
  }

  private void pass() {
    try {
      while (true) {
        byte[] taken = take();
        for (int done = 0; done < taken.length; done += AT_ONCE_BYTES) {
          to.write(taken, done, Math.min(AT_ONCE_BYTES, taken.length - done));
          passed(taken.length - done - AT_ONCE_BYTES);
        }
      }
    } catch (IOException e) {
      passed(0); // Nobody will read it, and there is nowhere to say so; from now on the queue is full.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized byte[] take() throws InterruptedException {
    while (count == 0) {
      wait();
    }
    if (droppedLines > 0 && !droppingLine) {
      byte[] notice = ("ballast: " + droppedLines + " lines of the log are missing here: nobody read it\n")
          .getBytes(StandardCharsets.US_ASCII);
      droppedLines = 0;
      queue(notice, 0, notice.length);
    }
    byte[] taken = Arrays.copyOf(queue, count);
    queue = new byte[USUAL_BYTES];
    count = 0;
    left = taken.length;
    return taken;
  }

  private synchronized void passed(int stillLeft) {
    left = Math.max(0, stillLeft);
    notifyAll();
  }

  /** Waits until all has been written, or nothing was for so long. */
  synchronized void drain(long patienceMillis) {
    long moved = System.nanoTime();
    int before = count + left;
    while (count + left > 0 && thread.isAlive()) {
      long wait = TimeUnit.MILLISECONDS.toNanos(patienceMillis) - (System.nanoTime() - moved);
      if (wait <= 0) {
        return;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      if (count + left != before) {
        before = count + left;
        moved = System.nanoTime();
      }
    }
  }
}
