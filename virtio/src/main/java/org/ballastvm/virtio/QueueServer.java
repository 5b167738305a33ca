package org.ballastvm.virtio;

import org.ballastvm.virtio.queue.GuestError;

/**
 * Who serves queues in a device's place, outside of it: the host's kernel, or another program. The transport hands it a queue
 * while a driver has it at work, and has it back otherwise: after a reset, while the machine stands, while the guest forbids
 * the function to reach memory, when the device waits for a reset, when it leaves its machine.
 *
 * <p>
 * The driver rings, and is interrupted, without the device and its transport: the bus ties both ends
 * ({@link org.ballastvm.pci.PciHost#handOver}, {@link org.ballastvm.pci.PciHost#connect}). All but {@link #features} and
 * {@link #queues} is called under the transport's lock, on any thread, and must not call back into it.
 */
public interface QueueServer {
  /** Nobody: the device serves its queues itself. */
  QueueServer NONE = new QueueServer() {
    @Override
    public int queues() { return 0; }

    @Override
    public void start(Ring ring) { throw new IllegalStateException("queue " + ring.queue() + " is handed to nobody"); }

    @Override
    public int stop(int queue) { throw new IllegalStateException("queue " + queue + " was handed to nobody"); }
  };

  /**
   * A queue as its driver has set it up. Its parts are aligned, and were all in memory when the driver enabled it; they may
   * not be any more, and whoever is handed it looks again.
   *
   * @param queue which queue of the device
   * @param size entries, a power of two up to 32768
   * @param descriptors guest physical address of the descriptor table
   * @param driver guest physical address of the available ring
   * @param device guest physical address of the used ring
   * @param next the chain to be taken next, as the available ring counts them, 0 to 65535
   * @param features both sides agreed on
   */
  record Ring(int queue, int size, long descriptors, long driver, long device, int next, long features) {
    /** How long the parts are, in bytes: descriptor table, available ring, used ring. Virtio 1.3, 2.7. */
    public long descriptorsBytes() {
      return 16L * size;
    }

    /** {@return the length of the available ring in bytes} */
    public long driverBytes() { return 6 + 2L * size; }

    /** {@return the length of the used ring in bytes} */
    public long deviceBytes() { return 6 + 8L * size; }
  }

  /** The host, or the program, does not serve a queue. The message is a sentence. */
  final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message a sentence
     * @param cause what the host said
     */
    public Failure(String message, Throwable cause) { super(message, cause); }
  }

  /**
   * How many queues may be handed over at most: the first ones of the device. Each has a doorbell of its own.
   *
   * @return the number, the same at each call
   */
  int queues();

  /**
   * What it can do: of features that concern rings (bits 24 to 40 of the specification), a driver is offered those alone. The
   * others are the device's business.
   *
   * @return feature bits; the same at each call
   */
  default long features() { return -1L; }

  /**
   * Whether a queue is handed over; which queue is what may depend on what driver and device agreed on.
   *
   * @param queue below {@link #queues()}
   * @param features agreed on
   * @return true for all, by default
   */
  default boolean serves(int queue, long features) { return true; }

  /**
   * Serves a queue from now on. It has been rung: chains may wait.
   *
   * @param ring the queue, which it has not
   * @throws GuestError if it lies where it cannot be served: the device waits for a reset
   * @throws Failure if it cannot be served for another reason: the same
   */
  void start(Ring ring);

  /**
   * Serves a queue no more: when this returns, nothing of the guest's is touched for it. Never throws; of one who does not
   * answer, the position is what the used ring says.
   *
   * @param queue that it has
   * @return the chain to be taken next, 0 to 65535; below zero if it is not known, and the used ring decides
   */
  int stop(int queue);
}
