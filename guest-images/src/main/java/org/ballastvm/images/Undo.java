package org.ballastvm.images;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is to be undone if the JVM ends before it is closed, as by Ctrl-C: the last first, so that a program ends before its
 * directory goes.
 */
final class Undo implements AutoCloseable {
  /** Undoes it. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static final Deque<Undo> OPEN = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Undo::all, "undo"));
  }

  private final Step step;

  private Undo(Step step) { this.step = step; }

  /** {@return what is undone at the JVM's end, unless it is closed before} */
  static Undo atExit(Step step) {
    Undo undo = new Undo(step);
    synchronized (OPEN) {
      OPEN.push(undo);
    }
    return undo;
  }

  /** All that is open. Package-private for tests: the JVM calls it once. */
  static void all() {
    for (Undo undo = last(); undo != null; undo = last()) {
      try {
        undo.step.run();
      } catch (IOException e) {
        // The JVM ends; the cache sweeps at its next use.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Undo last() {
    synchronized (OPEN) {
      return OPEN.poll();
    }
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      OPEN.remove(this);
    }
  }
}
