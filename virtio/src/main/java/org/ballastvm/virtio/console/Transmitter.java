package org.ballastvm.virtio.console;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * Takes what guests send. A chain that the host has no room for stays in the guest's queue, so nothing is buffered here, and
 * a guest that sends faster than the host reads waits for its own buffers. Allocates nothing.
 */
final class Transmitter {
  private static final int PIECE_BYTES = 16 << 10;

  private final byte[] piece = new byte[PIECE_BYTES];
  private final MemorySegment segment = MemorySegment.ofArray(piece);
  private final Turn turn;

  Transmitter(LongSupplier nanos) { turn = new Turn(nanos); }

  /** A buffer for what is sent; what is in it is of no value. */
  byte[] buffer() { return piece; }

  /**
   * Sends what is ready, for at most a turn. Where there is no port, or nobody at its other end, what comes is dropped.
   *
   * @param port null if the number of the queue is no port's
   */
  void serve(VirtioDevice.Context driver, int queue, ConsolePort port) {
    Virtqueue ring = driver.queue(queue);
    turn.begin();
    while (!turn.isOver()) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      if (chain.writableCount() != 0) {
        throw new GuestError("queue " + queue + ": a chain with " + chain.writableBytes()
            + " bytes to write; all must be to read");
      }
      if (port != null && port.isHostOpen() && !send(driver.memory(), chain, port)) {
        ring.putBack();
        leave(driver, queue, ring, port.host().room() > 0);
        return;
      }
      if (port != null) {
        port.setSentOfChain(0);
      }
      ring.pushUsed(chain.head(), 0);
    }
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
  }

  /** Leaves a chain behind. If the host has no room, it says when it has. */
  private static void leave(VirtioDevice.Context driver, int queue, Virtqueue ring, boolean hostHasRoom) {
    if (ring.wantsInterrupt()) {
      driver.interrupt(queue);
    }
    if (hostHasRoom) {
      driver.resumeLater(queue);
    }
  }

  /** False if not all could be sent. A guest that has changed the chain meanwhile has what it sent garbled, and no more. */
  private boolean send(GuestMemory memory, DescriptorChain chain, ConsolePort port) {
    long skip = port.sentOfChain();
    for (int i = 0; i < chain.readableCount(); i++) {
      long length = chain.lengthBytes(i);
      long at = Math.min(skip, length);
      skip -= at;
      while (at < length) {
        int step = (int) Math.min(Math.min(length - at, PIECE_BYTES), port.host().room());
        if (step <= 0 || turn.isOver()) {
          return false;
        }
        memory.read(chain.address(i) + at, segment, 0, step);
        port.host().send(piece, step);
        turn.called();
        at += step;
        port.setSentOfChain(port.sentOfChain() + step);
      }
    }
    return true;
  }
}
