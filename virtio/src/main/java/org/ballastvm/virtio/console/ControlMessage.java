package org.ballastvm.virtio.console;

import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/** {@code struct virtio_console_control} from the driver. Virtio 1.3, 5.3.6.2. */
final class ControlMessage {
  /** What comes before a name or a size. */
  static final int HEADER_BYTES = 8;

  private ControlMessage() {}

  /** Hears what the driver says; the numbers of ports are the driver's, and may be of no port. */
  interface Listener {
    /** The driver takes messages, or cannot. */
    void deviceReady(boolean success);

    /** The driver has set a port up, or could not. */
    void portReady(long port, boolean success);

    /** The driver has opened or closed its end of a port. */
    void portOpen(long port, boolean open);

    /** The driver says something that is not a driver's to say. */
    void unknown(long port, int event);
  }

  /**
   * Reads a message, in as many pieces as it comes in.
   *
   * @throws GuestError if it is none
   */
  static void read(GuestMemory memory, DescriptorChain chain, Listener listener) {
    if (chain.writableCount() != 0 || chain.readableBytes() < HEADER_BYTES) {
      throw new GuestError("queue " + ConsoleQueues.CONTROL_TRANSMIT + ": a control message of " + chain.readableBytes()
          + " bytes to read and " + chain.writableBytes() + " to write; it must be " + HEADER_BYTES + " to read");
    }
    long header = 0;
    int taken = 0;
    for (int i = 0; taken < HEADER_BYTES; i++) {
      for (long at = 0; at < chain.lengthBytes(i) && taken < HEADER_BYTES; at++) {
        header |= (long) memory.getByte(chain.address(i) + at) << 8 * taken++;
      }
    }
    dispatch(header & 0xffff_ffffL, (int) (header >>> 32) & 0xffff, header >>> 48 != 0, listener);
  }

  private static void dispatch(long port, int event, boolean value, Listener listener) {
    if (event == ControlEvent.DEVICE_READY.number()) {
      listener.deviceReady(value);
    } else if (event == ControlEvent.PORT_READY.number()) {
      listener.portReady(port, value);
    } else if (event == ControlEvent.PORT_OPEN.number()) {
      listener.portOpen(port, value);
    } else {
      listener.unknown(port, event);
    }
  }
}
