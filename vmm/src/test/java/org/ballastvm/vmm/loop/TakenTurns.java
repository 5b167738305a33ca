package org.ballastvm.vmm.loop;

import java.util.ArrayDeque;
import java.util.Deque;

/** Turns that are taken when a test says so, one after the other. */
public final class TakenTurns implements Turns {
  private final Deque<Runnable> turns = new ArrayDeque<>();

  @Override
  public void after(long nanos, Runnable turn) { turns.add(turn); }

  @Override
  public void close() { turns.clear(); }

  /** Takes all there are, and those that they ask for. */
  public void takeAll() {
    while (!turns.isEmpty()) {
      turns.remove().run();
    }
  }
}
