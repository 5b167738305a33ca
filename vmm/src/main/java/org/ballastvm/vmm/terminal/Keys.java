package org.ballastvm.vmm.terminal;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jline.utils.NonBlockingInputStream;

/** What somebody types, between the thread that hears of it and the thread that edits lines; bounded. */
public final class Keys extends NonBlockingInputStream {
  /** The most that waits, in bytes: a line that is pasted fits. */
  private static final int MOST = 8192;

  private final Runnable roomAgain;
  private final byte[] waiting = new byte[MOST];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int start;
  private int count;
  private boolean ended;

  /**
   * Nothing yet.
   *
   * @param roomAgain runs on the thread that reads, when there was no room and now there is
   */
  public Keys(Runnable roomAgain) { this.roomAgain = roomAgain; }

  /** {@return how many bytes {@link #offer} takes now} */
  public int room() {
    lock.lock();
    try {
      return MOST - count;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds what was typed.
   *
   * @param keys the buffer
   * @param offset of the first
   * @param number how many; at most {@link #room()}
   */
  public void offer(byte[] keys, int offset, int number) {
    lock.lock();
    try {
      for (int i = 0; i < number && count < MOST; i++) {
        waiting[(start + count++) % MOST] = keys[offset + i];
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds what was typed, and waits for room.
   *
   * @param keys the buffer
   * @param number how many
   * @throws InterruptedException if the thread is interrupted
   */
  public void put(byte[] keys, int number) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (int i = 0; i < number; i++) {
        while (count == MOST && !ended) {
          changed.await();
        }
        offer(keys, i, 1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what waits. */
  public void forget() {
    lock.lock();
    try {
      count = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody types any more. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(long timeoutMillis, boolean peek) throws InterruptedIOException {
    boolean wasFull = room() == 0;
    int key = await(timeoutMillis, peek);
    if (wasFull && !peek) {
      roomAgain.run();
    }
    return key;
  }

  private int await(long timeoutMillis, boolean peek) throws InterruptedIOException {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    try {
      lock.lockInterruptibly();
      try {
        while (count == 0 && !ended) {
          if (timeoutMillis <= 0) {
            changed.await();
          } else if (left <= 0) {
            return READ_EXPIRED;
          } else {
            left = changed.awaitNanos(left);
          }
        }
        return take(peek);
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private int take(boolean peek) {
    if (count == 0) {
      return EOF;
    }
    int key = waiting[start] & 0xff;
    if (!peek) {
      start = (start + 1) % MOST;
      count--;
      changed.signalAll();
    }
    return key;
  }
}
