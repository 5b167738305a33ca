package org.ballastvm.virtio.balloon;

import java.util.function.Consumer;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.balloon.PageLists.Taker;

/**
 * What becomes of the pages that a driver names. Those it gives up go to the host: at once, or by whole huge pages where the
 * driver must deflate before it uses one again; but for those that hold a ring of the device, which stay. Allocates nothing.
 */
final class NamedPages {
  /** A range up to here is a piece of a huge page: more of that may come at any time. */
  private static final long PIECE_BYTES = WholeBlocks.BLOCK_BYTES / 8;

  private final MemoryReclaim reclaim;
  private final Turn turn;
  private final RingPages rings;
  private final Consumer<ReclaimFailed> refused;
  /** What is in the balloon but not given back yet: a driver that must deflate first may not use it before. */
  private final WholeBlocks held = new WholeBlocks(this::hold);
  private final Taker toHost = this::discardOrHold;
  private final Taker reported = this::discard;
  private boolean mustDeflate;
  private long ranges;
  private long bytes;

  /**
   * No pages yet.
   *
   * @param turn is given each call of the host
   * @param rings where the device's rings are
   * @param refused is given what the host refused
   */
  NamedPages(MemoryReclaim reclaim, Turn turn, RingPages rings, Consumer<ReclaimFailed> refused) {
    this.reclaim = reclaim;
    this.turn = turn;
    this.rings = rings;
    this.refused = refused;
  }

  /** Learns where the rings are, and what the driver has agreed to. */
  void learn(Context driver, int queues) {
    rings.learn(driver, queues);
    mustDeflate = BalloonFeature.MUST_TELL_HOST.in(driver.features());
  }

  /** The driver gives a range up until it says that it wants it again. */
  void inflated(long gpa, long lengthBytes) {
    count(lengthBytes);
    rings.handOn(gpa, lengthBytes, toHost);
  }

  /** The guest has a range again. */
  void deflated(long gpa, long lengthBytes) {
    count(lengthBytes);
    turn.called();
    reclaim.makePresent(gpa, lengthBytes);
  }

  /** A range is free, and may be used again without a word. */
  void reported(long gpa, long lengthBytes) {
    count(lengthBytes);
    rings.handOn(gpa, lengthBytes, reported);
  }

  /** Whether some pages are not given back yet, because the huge page around them is not complete. */
  boolean isHolding() {
    return held.isHolding();
  }

  /** Gives back what is held; false if the turn was over before all was. */
  boolean flush() { return held.flush(turn); }

  /** How many ranges were named, ever. */
  long ranges() { return ranges; }

  /** How much was named, ever. */
  long bytes() { return bytes; }

  /** {@return what is not given back yet} */
  BalloonState.Held state() { return held.state(rings.isReported()); }

  /** Forgets the driver, whose pages are its own again, and holds what was held. */
  void restore(BalloonState.Held state) {
    rings.restore(state.ringNamed());
    held.restore(state);
    reclaim.release();
  }

  private void count(long lengthBytes) {
    ranges++;
    bytes += lengthBytes;
  }

  private void discardOrHold(long gpa, long lengthBytes) {
    if (!mustDeflate) {
      discard(gpa, lengthBytes);
    } else if (lengthBytes <= PIECE_BYTES && reclaim.countsParts(gpa)) {
      hold(gpa, lengthBytes);
    } else {
      held.range(gpa, lengthBytes);
    }
  }

  private void hold(long gpa, long lengthBytes) {
    boolean called = true;
    try {
      called = reclaim.hold(gpa, lengthBytes);
    } catch (ReclaimFailed e) {
      refused.accept(e);
    }
    if (called) {
      turn.called();
    }
  }

  private void discard(long gpa, long lengthBytes) {
    turn.called();
    try {
      reclaim.discard(gpa, lengthBytes);
    } catch (ReclaimFailed e) {
      refused.accept(e);
    }
  }
}
