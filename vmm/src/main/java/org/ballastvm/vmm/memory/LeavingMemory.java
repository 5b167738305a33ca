package org.ballastvm.vmm.memory;

import java.util.Optional;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.loop.Turns;

/**
 * Memory that no guest can reach any more, on its way back to the host. A TiB in pages of 4 KiB takes minutes: it goes in
 * turns, between which monitors are served, and the guest runs on meanwhile.
 */
final class LeavingMemory {
  /** What the host is asked to take at once, or a page of the host if that is larger. */
  static final long PIECE_BYTES = 64L << 20;
  /** A turn ends with the piece during which it becomes as old, or with as many pieces. */
  static final long TURN_NANOS = 10_000_000;
  static final int TURN_PIECES = 16;
  private static final long PAUSE_NANOS = 1_000_000;

  private final MemoryBackend backend;
  private final long pieceBytes;
  private Optional<Turns> turns = Optional.empty();
  private Consumer<HostError> refused = error -> {};
  /** Offsets in the backend. */
  private Runs ranges = Runs.NONE;
  private boolean turnComes;
  private Runnable whenGone = () -> {};

  /** Nothing is leaving. Without turns all that comes goes at once. */
  LeavingMemory(MemoryBackend backend) {
    this.backend = backend;
    this.pieceBytes = Math.max(PIECE_BYTES, backend.pageSizeBytes());
  }

  /**
   * From now on what takes long goes in turns.
   *
   * @param error is given what the host refuses when nobody waits for an answer any more
   */
  void takeTurns(Turns taken, Consumer<HostError> error) {
    turns = Optional.of(taken);
    refused = error;
  }

  boolean isEmpty() { return ranges.count() == 0; }

  /** Adds a range, by offsets in the backend. {@link #go} follows. */
  void add(long offsetBytes, long endBytes) {
    ranges = ranges.with(offsetBytes, endBytes);
  }

  /** Leaves a range where it is. */
  void remove(long offsetBytes, long endBytes) {
    ranges = ranges.without(offsetBytes, endBytes);
  }

  /**
   * Takes the first turn, unless one is to come.
   *
   * @throws HostError if the host refuses
   */
  void go() {
    if (!turnComes) {
      turn();
    }
  }

  /**
   * Gives what of a range is leaving back now.
   *
   * @throws HostError if the host refuses
   */
  void finish(long offsetBytes, long endBytes) {
    for (long at = ranges.next(offsetBytes, endBytes); at < endBytes; at = ranges.next(at, endBytes)) {
      long end = Math.min(endBytes, ranges.endAt(at));
      backend.discard(at, end - at);
      ranges = ranges.without(at, end);
    }
  }

  /** Runs a task when nothing is leaving any more, which may be now. */
  void whenGone(Runnable task) {
    whenGone = task;
    runIfGone();
  }

  private void turn() {
    long start = System.nanoTime();
    for (int pieces = 0; ranges.count() > 0; pieces++) {
      if (turns.isPresent() && pieces > 0 && (pieces == TURN_PIECES || System.nanoTime() - start >= TURN_NANOS)) {
        comeAgain();
        return;
      }
      long at = ranges.start(0);
      long end = Math.min(ranges.end(0), at + pieceBytes & -pieceBytes);
      ranges = ranges.without(at, end);
      backend.discard(at, end - at);
    }
    runIfGone();
  }

  private void comeAgain() {
    turnComes = true;
    turns.orElseThrow().after(PAUSE_NANOS, this::laterTurn);
  }

  /** What the host does not take stays, out of reach; the rest goes on. */
  private void laterTurn() {
    turnComes = false;
    try {
      turn();
    } catch (HostError e) {
      refused.accept(e);
      comeAgain();
    }
  }

  private void runIfGone() {
    if (isEmpty()) {
      Runnable task = whenGone;
      whenGone = () -> {};
      task.run();
    }
  }
}
