package org.ballastvm.virtio.balloon;

import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.PageLists.Taker;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The reporting queue: the driver names memory that is free, and takes none of it before its buffers come back. Nothing
 * is notified when it is used again. Virtio 1.3, 5.5.6.7.
 */
final class FreePageReports {
  private static final int MOST_CHAINS = 128;
  private static final int PAGE_BYTES = 1 << PageLists.PAGE_SHIFT;
  /** What is handed on at once, in pages: the largest page that a host has, which cannot be given back in parts. */
  private static final long MOST_PAGES = 1L << 18;

  private final Taker taker;
  private final PageRanges.Visitor handOn = this::handOn;
  private final PageRanges pages = new PageRanges();
  private final int[] heads = new int[MOST_CHAINS];
  private int taken;

  /** Reports whose memory is handed on as few ranges as can be. */
  FreePageReports(Taker taker) { this.taker = taker; }

  /**
   * Takes one batch, or what an earlier turn has left of one, and asks for another turn if there is more.
   *
   * @param isWanted whether the memory is handed on, or left as it is
   * @param turn ends the work when it is over; the next call goes on
   * @throws GuestError if a chain is no report
   */
  void ready(VirtioDevice.Context driver, int queue, boolean isWanted, Turn turn) {
    Virtqueue ring = driver.queue(queue);
    if (taken == 0) {
      collect(ring);
    }
    while (isWanted && pages.hasNext()) {
      if (turn.isOver()) {
        driver.resumeLater(queue);
        return;
      }
      pages.passOn(handOn, MOST_PAGES);
    }
    for (int i = 0; i < taken; i++) {
      ring.pushUsed(heads[i], 0);
    }
    clear();
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
  }

  /** {@return how many chains were taken off the ring and are not given back yet} */
  int taken() { return taken; }

  /** Forgets what it was at: the driver is gone. */
  void clear() {
    pages.clear();
    taken = 0;
  }

  private void collect(Virtqueue ring) {
    while (taken < heads.length && pages.room() >= ring.size()) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        return;
      }
      if (chain.readableCount() != 0) {
        throw new GuestError("reporting queue: a chain with " + chain.readableBytes()
            + " bytes to read; free memory comes as buffers to write");
      }
      add(chain);
      heads[taken++] = chain.head();
    }
  }

  /** Pages that a buffer covers in part are not all free. */
  private void add(DescriptorChain chain) {
    for (int i = 0; i < chain.writableCount(); i++) {
      long first = chain.address(i) + PAGE_BYTES - 1 >>> PageLists.PAGE_SHIFT;
      long end = chain.address(i) + chain.lengthBytes(i) >>> PageLists.PAGE_SHIFT;
      if (first < end) {
        pages.addRun(first, end - first);
      }
    }
  }

  private void handOn(long firstPage, long pageCount) {
    taker.range(firstPage << PageLists.PAGE_SHIFT, pageCount << PageLists.PAGE_SHIFT);
  }
}
