package org.ballastvm.virtio;

import java.util.function.BooleanSupplier;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * What a virtio device does, whatever carries it. One lock of the transport keeps all calls apart; none may block for
 * long, and none may call back into the transport except through {@link Context}.
 */
public interface VirtioDevice {
  /** {@code VIRTIO_F_VERSION_1}: the device is not a legacy one. Virtio 1.3, 6. */
  long VERSION_1 = 1L << 32;
  /** PCI class: other, as QEMU has it for devices of no class. */
  int PCI_CLASS_OTHER = 0x00ff00;

  /** {@return its number, virtio 1.3, 5} */
  int type();

  /** {@return its name for people, as {@code -device} has it} */
  String name();

  /** {@return the PCI class of its function, 24 bits; for one that no class fits, {@link #PCI_CLASS_OTHER}} */
  default int pciClass() {
    return PCI_CLASS_OTHER;
  }

  /**
   * The device has a transport. Called once, before anything else; the default suits a device whose configuration space the
   * host never changes.
   *
   * @param transport by whom it changes configuration space and notifies the driver
   */
  default void attached(ConfigNotifier transport) {
    // The host changes nothing that the driver would have to know of.
  }

  /** {@return the features of its own that it offers, bits 0 to 23 and 50 to 127 of the specification; by default none} */
  default long features() {
    return 0;
  }

  /**
   * Whether it can work with what a driver chose; a device may insist on a feature.
   *
   * @param chosen of the features on offer
   * @return false if the driver must not go on
   */
  default boolean agreesTo(long chosen) { return true; }

  /** {@return how many queues it has, with the features it offers} */
  int queueCount();

  /**
   * The largest size of a queue.
   *
   * @param queue which
   * @return entries, a power of two
   */
  int queueSize(int queue);

  /**
   * By which doorbell the driver rings for a queue. Queues that share one are looked at together: each doorbell is an
   * eventfd, and an entry of KVM's bus.
   *
   * @param queue which
   * @return that of the first queue is 0, that of each other one as that of the queue before it, or the next
   */
  default int doorbell(int queue) { return queue; }

  /** {@return how many messages it can send, 1 to 64; by default one for configuration and one for each queue} */
  default int vectorCount() {
    return queueCount() + 1;
  }

  /** {@return who serves queues in its place, the same at each call; by default nobody does} */
  default QueueServer server() {
    return QueueServer.NONE;
  }

  /** {@return the length of its configuration space in bytes; by default there is none} */
  default int configBytes() {
    return 0;
  }

  /**
   * The driver reads configuration space. A register is read whole, so that one the host changes meanwhile is old or new.
   * A device with {@link #configBytes()} above zero overrides this.
   *
   * @param offset below {@link #configBytes()}
   * @return what is there, little-endian, up to 8 bytes; zeros behind the end
   */
  default long configRead(int offset) { return 0; }

  /**
   * The driver writes configuration space; what is not writable is left alone.
   *
   * @param offset below {@link #configBytes()}
   * @param width 1, 2, 4 or 8, all of it below {@link #configBytes()}
   * @param value in the low {@code width} bytes
   */
  default void configWrite(int offset, int width, long value) {
    // Most have no register that the driver may write.
  }

  /**
   * The driver is ready: queues may be used from now on, and {@link #queueReady} follows for each.
   *
   * @param context what the device has until {@link #reset()}
   */
  void start(Context context);

  /**
   * A queue may have buffers; they may have been taken already. Called between {@link #start} and {@link #reset}, on the
   * thread that hears the device's doorbells, for most the event loop: a device that leaves buffers behind, because others wait for their turn, asks for another by
   * {@link Context#resumeLater}.
   *
   * @param queue which, enabled by the driver
   * @throws GuestError if what is in it breaks a rule: the device then waits for a reset
   */
  void queueReady(int queue);

  /**
   * Does what of {@link #queueReady} needs no lock, and may take as long as a request to the host does. Called after it, on
   * the same thread, without the transport's lock; the device may have been reset in between.
   *
   * @param queue which
   */
  default void work(int queue) {
    // Most are done when their queue is.
  }

  /** The driver has reset the device, or the machine was reset: all that came from the driver is forgotten. */
  void reset();

  /** What driver and host have made of a device: an immutable record of its own, compared by its content. */
  interface State {}

  /**
   * What driver and host have made of it, but for its queues, which are the transport's. {@link #restore} of another device
   * makes that the same. On the event loop.
   *
   * @return a snapshot that nothing changes any more
   */
  State state();

  /**
   * Makes the device what it was. On the event loop, with no vCPU; {@link #start} follows if a driver was at work.
   *
   * @param state what {@link #state()} returned, of this or another device of the same configuration
   * @throws ClassCastException if it is of another kind of device
   */
  void restore(State state);

  /**
   * How many chains of a batch the device has taken off a queue and not given back. A snapshot counts them as not taken:
   * whoever goes on with it takes them again, and does twice what has been done.
   *
   * @param queue which
   * @return how many; by default none, as between two calls of {@link #queueReady} most devices have none
   */
  default int unfinished(int queue) { return 0; }

  /**
   * The machine was reset, for which {@link #reset} was called as well: what the guest had is gone. On the event loop, while
   * no vCPU runs.
   */
  default void machineReset() {
    // Most devices keep nothing for a guest that its driver could not reset.
  }

  /**
   * The device leaves its machine: what it holds of the host, and what the guest has of it, it gives back. On the event loop,
   * or when that has ended. Nothing is called after this.
   */
  default void close() {
    // Most hold nothing.
  }

  /**
   * Has its own faults happen from now on. Under the transport's lock.
   *
   * @param planned what, and when
   */
  default void goWrong(DeviceFaults planned) {
    // Most have no faults of their own.
  }

  /** What a started device has of its driver. */
  interface Context {
    /** {@return the features both sides agreed on} */
    long features();

    /** {@return guest memory} */
    GuestMemory memory();

    /**
     * A queue.
     *
     * @param queue which
     * @return the queue, or null if the driver did not enable it
     */
    Virtqueue queue(int queue);

    /**
     * Notifies the driver that a queue has used buffers.
     *
     * @param queue which
     */
    void interrupt(int queue);

    /**
     * Ends a batch: interrupts the driver if it wants that, and asks it to ring for what it offers from now on.
     *
     * @param queue which, enabled by the driver
     * @return true if more is ready, for which it need not ring: the device goes on, now or {@link #resumeLater later}
     */
    default boolean finish(int queue) {
      Virtqueue ring = queue(queue);
      if (ring.wantsInterrupt()) {
        interrupt(queue);
      }
      return ring.rearm();
    }

    /**
     * Says that configuration space has changed by what the driver asked for: it has a new generation, and needs no
     * interrupt. Called before the transport's lock is let go.
     */
    void configChanged();

    /**
     * Has {@link VirtioDevice#queueReady} called again, when the others on the event loop have had their turn.
     *
     * @param queue which
     */
    void resumeLater(int queue);

    /**
     * Runs a task as calls of the transport are run, under its lock, for a device that works on threads of its own. Nothing is
     * run while the device has stopped (it waits for a reset) or may not reach memory. The caller holds no lock. Allocates
     * nothing.
     *
     * @param task what; a GuestError that it throws stops the device
     */
    default void enter(Runnable task) { task.run(); }

    /**
     * Lets others have the transport's lock until something has come about, and has it again then. For a reset, which the
     * device's other threads have to be done with.
     *
     * @param done whether it has; looked at under the lock, first at once, and then after each {@link #wake}
     */
    default void await(BooleanSupplier done) {
      if (!done.getAsBoolean()) {
        throw new IllegalStateException("there is one thread, and it waits for another");
      }
    }

    /** Has whoever {@linkplain #await awaits} something look again. Any thread. */
    default void wake() {
      // Nobody can.
    }
  }

  /** The transport, for a device that the host changes. */
  @FunctionalInterface
  interface ConfigNotifier {
    /**
     * Changes configuration space and its generation at once, so that a driver that reads in pieces knows a mixture of old
     * and new (4.1.4.3.1), and then interrupts the driver. Under no lock of the device.
     *
     * @param change writes to what the driver reads, and does little else: the driver waits
     */
    void change(Runnable change);

    /**
     * Changes something on the host's side of a device under the transport's lock, and has {@link VirtioDevice#queueReady}
     * called there and then, if a driver has the queue at work. On the event loop.
     *
     * @param queue which the change may give something to do
     * @param change does little else
     */
    default void serve(int queue, Runnable change) { change.run(); }

    /**
     * Whether the device's {@link VirtioDevice#server} may have its queues. While it may not, nobody serves them. It may,
     * before this is first called. Under no lock of the device or of its server.
     *
     * @param may false while the machine stands, or the device has nothing to do
     */
    default void letServe(boolean may) {
      // Most devices serve their queues themselves.
    }

    /**
     * The device's {@link VirtioDevice#server} serves its queues no more, by itself: it has ended, or has come upon what it
     * cannot make out. The device waits for a reset. Any thread, under no lock of the server; nothing happens while it has no queue.
     *
     * @param why a sentence
     */
    default void serverFailed(String why) {
      // Most devices serve their queues themselves.
    }
  }
}
