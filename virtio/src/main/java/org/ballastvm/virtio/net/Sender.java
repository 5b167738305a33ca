package org.ballastvm.virtio.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * Sends the frames that a driver offers to the other end. Virtio 1.3, 5.1.6.2. Large ones go as they lie in guest memory;
 * small ones, and those of very many pieces, are put together first, which costs less than to show each piece.
 */
final class Sender {
  private static final int MOST_FRAMES = 256;
  /** Copying so much costs less than looking at where it lies. */
  private static final int SMALL_BYTES = 2048;
  /** More pieces than Linux makes of any frame (MAX_SKB_FRAGS and its head); each is shown within the one before it. */
  private static final int MOST_PIECES = 32;

  private final int pair;
  private final int queue;
  private final NetPeer peer;
  private final int skipped;
  private final Turn turn = new Turn(System::nanoTime);
  private final MemorySegment copy = Arena.ofAuto().allocate(NetHeader.BYTES + NetPeer.MOST_FRAME);
  private final List<MemorySegment> pieces = new ArrayList<>();
  private long dropped;

  Sender(int pair, NetPeer peer) {
    this.pair = pair;
    this.queue = 2 * pair + 1;
    this.peer = peer;
    this.skipped = peer.hasHeaders() ? 0 : NetHeader.BYTES;
  }

  /** How many frames were longer than any can be. */
  long dropped() { return dropped; }

  /**
   * Sends what is ready, for at most a turn.
   *
   * @param linkUp if not, all frames are lost
   */
  void serve(Context driver, boolean linkUp) {
    Virtqueue ring = driver.queue(queue);
    turn.begin();
    for (int frames = 0; frames < MOST_FRAMES && !turn.isOver(); frames++) {
      if (linkUp && !peer.canSend(pair)) {
        finishFull(driver, ring);
        return;
      }
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      requireHeader(chain);
      if (linkUp) {
        send(driver.memory(), chain);
      }
      ring.pushUsed(chain.head(), 0);
    }
    peer.flush(pair);
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
  }

  /** The driver need not ring: there is room when the peer says so. */
  private void finishFull(Context driver, Virtqueue ring) {
    peer.flush(pair);
    if (ring.wantsInterrupt()) {
      driver.interrupt(queue);
    }
  }

  private void requireHeader(DescriptorChain chain) {
    if (chain.writableCount() != 0 || chain.readableBytes() < NetHeader.BYTES) {
      throw new GuestError("queue " + queue + ": a chain of " + chain.readableBytes() + " bytes to read and "
          + chain.writableBytes() + " to write; it must have a header of " + NetHeader.BYTES
          + " bytes to read, and none to write");
    }
  }

  private void send(GuestMemory memory, DescriptorChain chain) {
    long bytes = chain.readableBytes() - skipped;
    if (bytes > copy.byteSize() || bytes == 0) {
      dropped++;
      return;
    }
    pieces.clear();
    if (bytes <= SMALL_BYTES || chain.count() > MOST_PIECES) {
      putTogether(memory, chain);
      pieces.add(copy.asSlice(0, bytes));
      peer.send(pair, pieces);
    } else {
      show(memory, chain, 0, skipped);
    }
    pieces.clear(); // They were shown for this call alone.
  }

  private void putTogether(GuestMemory memory, DescriptorChain chain) {
    long at = -skipped;
    for (int i = 0; i < chain.count(); i++) {
      long length = chain.lengthBytes(i);
      long skip = Math.clamp(-at, 0, length);
      if (length > skip) {
        memory.read(chain.address(i) + skip, copy, at + skip, length - skip);
      }
      at += length;
    }
  }

  /** Shows what is left of a frame from a buffer on, within the views of those before it. */
  private void show(GuestMemory memory, DescriptorChain chain, int i, long skip) {
    if (i == chain.count()) {
      peer.send(pair, pieces);
      return;
    }
    long length = chain.lengthBytes(i);
    if (skip >= length) {
      show(memory, chain, i + 1, skip - length);
    } else {
      memory.view(chain.address(i) + skip, length - skip, GuestMemory.Access.READ, parts -> {
        pieces.addAll(parts);
        show(memory, chain, i + 1, 0);
      });
    }
  }
}
