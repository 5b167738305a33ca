package org.ballastvm.virtio.vsock;

import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.Virtqueue;

/** What the event queue is for: the driver hears that its streams are those of another device. Virtio 1.3, 5.10.6.7. */
final class ResetEvent {
  /** The event queue. */
  static final int QUEUE = 2;

  private static final int BYTES = 4;
  private static final int TRANSPORT_RESET = 0; // VIRTIO_VSOCK_EVENT_TRANSPORT_RESET

  private boolean due;

  boolean isDue() { return due; }

  void due(boolean is) { due = is; }

  /**
   * Reports it to the driver, if it is due and the driver has a buffer.
   *
   * @throws GuestError if the buffer is not one that the event goes into
   */
  void report(Context context) {
    Virtqueue ring = context.queue(QUEUE);
    if (ring == null || !due) {
      return;
    }
    DescriptorChain chain = ring.next();
    if (chain != null) {
      if (chain.readableCount() != 0 || chain.writableBytes() < BYTES) {
        throw new GuestError(
            "queue " + QUEUE + ": a chain with " + chain.writableBytes() + " bytes to write; it must have " + BYTES);
      }
      int done = 0;
      for (int i = 0; done < BYTES; i++) {
        for (long at = 0; at < chain.lengthBytes(i) && done < BYTES; at++) {
          context.memory().putByte(chain.address(i) + at, TRANSPORT_RESET >>> 8 * done);
          done++;
        }
      }
      ring.pushUsed(chain.head(), BYTES);
      due = false;
    }
    context.finish(QUEUE);
  }
}
