package org.ballastvm.vmm.chardev;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A frontend that writes down what happens to it: input as text, and {@code <opened>} and the like. */
class FakeFrontend implements CharFrontend {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final StringBuilder seen = new StringBuilder();
  private int room = Integer.MAX_VALUE;

  /** Says how much input it still takes. */
  synchronized void takeOnly(int bytes) { room = bytes; }

  @Override
  public synchronized int room() { return room; }

  @Override
  public synchronized void receive(byte[] bytes, int offset, int count) {
    if (count > room) {
      throw new AssertionError(count + " bytes for a room of " + room);
    }
    room -= room == Integer.MAX_VALUE ? 0 : count;
    note(new String(bytes, offset, count, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void opened() { note("<opened>"); }

  @Override
  public void closed() { note("<closed>"); }

  @Override
  public void drained() { note("<drained>"); }

  @Override
  public void receiveBreak() { note("<break>"); }

  @Override
  public void focused() { note("<focused>"); }

  @Override
  public void unfocused() { note("<unfocused>"); }

  private synchronized void note(String what) {
    seen.append(what);
    notifyAll();
  }

  /** {@return all that happened to it} */
  synchronized String seen() { return seen.toString(); }

  /** Waits until all that happened is so. */
  synchronized void await(Predicate<String> condition) throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.test(seen())) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException("after all that happened: " + seen);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
