package org.ballastvm.virtio.net;

import java.lang.foreign.ValueLayout;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.net.NetPeer.Frame;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * Puts frames of the other end into the buffers that a driver offers for them. Virtio 1.3, 5.1.6.3 and 5.1.6.4. Allocates
 * nothing for a frame.
 *
 * <p>
 * A frame that finds too few buffers waits at the peer, which is listened to no more until the driver has offered others.
 */
final class Receiver {
  /** As many frames are taken at once before others on the event loop have their turn. */
  private static final int MOST_FRAMES = 256;

  private final int pair;
  private final int queue;
  private final NetPeer peer;
  private final boolean hasHeaders;
  private final Turn turn = new Turn(System::nanoTime);
  private final int[] heads;
  private final int[] written;
  private int taken;
  /** Where both bytes of {@code num_buffers} go. */
  private long countLow;
  private long countHigh;
  private long dropped;

  Receiver(int pair, int queueSize, NetPeer peer) {
    this.pair = pair;
    this.queue = 2 * pair;
    this.peer = peer;
    this.hasHeaders = peer.hasHeaders();
    this.heads = new int[queueSize];
    this.written = new int[queueSize];
  }

  /** Which frames pass. */
  @FunctionalInterface
  interface Gate {
    /** Whether the driver wants a frame to that address. */
    boolean lets(long destination);
  }

  /** How many frames were lost, as no buffer or row of buffers could hold them. */
  long dropped() { return dropped; }

  /** Takes what waits, as far as there are buffers, for at most a turn. */
  void serve(Context driver, Gate gate) {
    Virtqueue ring = driver.queue(queue);
    boolean mergeable = NetFeature.MRG_RXBUF.in(driver.features());
    boolean listening = true;
    turn.begin();
    for (int frames = 0;; frames++) {
      Frame frame = peer.next(pair);
      if (frame == null) {
        break;
      }
      if (frames == MOST_FRAMES || turn.isOver()) {
        driver.resumeLater(queue);
        break;
      }
      if (isFrame(frame) && gate.lets(destination(frame)) && !deliver(driver.memory(), ring, frame, mergeable)) {
        listening = false;
        break;
      }
      peer.drop(pair);
    }
    if (ring.wantsInterrupt()) {
      driver.interrupt(queue);
    }
    peer.listen(pair, listening);
  }

  /** Two addresses and a type: less is noise. */
  private boolean isFrame(Frame frame) {
    return frame.length() >= (hasHeaders ? NetHeader.BYTES : 0) + 14;
  }

  private long destination(Frame frame) {
    long at = frame.start() + (hasHeaders ? NetHeader.BYTES : 0);
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | frame.bytes().get(ValueLayout.JAVA_BYTE, at + i) & 0xff;
    }
    return bits;
  }

  /** False if the frame has to wait for more buffers. */
  private boolean deliver(GuestMemory memory, Virtqueue ring, Frame frame, boolean mergeable) {
    long total = frame.length() + (hasHeaders ? 0L : NetHeader.BYTES);
    long done = 0;
    taken = 0;
    while (done < total) {
      if (taken > 0 && (!mergeable || taken == ring.size())) {
        putBack(ring); // 5.1.6.3.1: whoever takes large frames offers large buffers.
        dropped++;
        return true;
      }
      DescriptorChain chain = next(ring);
      if (chain == null) {
        putBack(ring);
        return false;
      }
      taken++;
      requireBuffers(chain);
      int part = (int) Math.min(total - done, chain.writableBytes());
      heads[taken - 1] = chain.head();
      written[taken - 1] = part;
      if (taken == 1) {
        placeCount(chain);
      }
      fill(memory, chain, frame, done, part);
      done += part;
    }
    memory.putByte(countLow, taken);
    memory.putByte(countHigh, taken >> 8);
    for (int i = 0; i < taken; i++) {
      ring.use(heads[i], written[i]);
    }
    ring.publish(); // 5.1.6.4.2: all of a frame at once
    return true;
  }

  /** The next chain; null if the driver has no more, and will ring when it has. */
  private static DescriptorChain next(Virtqueue ring) {
    DescriptorChain chain = ring.next();
    return chain == null && ring.rearm() ? ring.next() : chain;
  }

  private void putBack(Virtqueue ring) {
    for (; taken > 0; taken--) {
      ring.putBack();
    }
  }

  private void requireBuffers(DescriptorChain chain) {
    if (chain.readableCount() != 0 || chain.writableBytes() < NetHeader.BYTES) {
      throw new GuestError("queue " + queue + ": a chain of " + chain.readableBytes() + " bytes to read and "
          + chain.writableBytes() + " to write; it must have none to read, and " + NetHeader.BYTES
          + " to write at least");
    }
  }

  private void placeCount(DescriptorChain chain) {
    long at = 0;
    for (int i = 0; at <= NetHeader.NUM_BUFFERS + 1; i++) {
      long length = chain.lengthBytes(i);
      long low = NetHeader.NUM_BUFFERS - at;
      countLow = low >= 0 && low < length ? chain.address(i) + low : countLow;
      countHigh = low + 1 >= 0 && low + 1 < length ? chain.address(i) + low + 1 : countHigh;
      at += length;
    }
  }

  /** Writes so much of a frame, with its header, from a place in it on, into a chain. */
  private void fill(GuestMemory memory, DescriptorChain chain, Frame frame, long from, int count) {
    long done = 0;
    for (int i = 0; done < count; i++) {
      long length = Math.min(count - done, chain.lengthBytes(i));
      write(memory, chain.address(i), frame, from + done, length);
      done += length;
    }
  }

  private void write(GuestMemory memory, long gpa, Frame frame, long from, long count) {
    if (hasHeaders) {
      memory.write(gpa, frame.bytes(), frame.start() + from, count);
      return;
    }
    long header = Math.clamp(NetHeader.BYTES - from, 0, count);
    if (header > 0) {
      memory.write(gpa, NetHeader.NOTHING_LEFT, from, header);
    }
    if (count > header) {
      memory.write(gpa + header, frame.bytes(), frame.start() + from + header - NetHeader.BYTES, count - header);
    }
  }
}
