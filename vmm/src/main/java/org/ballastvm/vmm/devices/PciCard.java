package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.pci.PciSlot;
import org.ballastvm.vmm.qom.QomNode;

/** What goes into a PCI slot: a function, and what only its kind knows of it. */
interface PciCard {
  /** {@return what the guest sees} */
  PciFunction function();

  /**
   * The card as an object.
   *
   * @param name of the object
   * @return its properties, as they are now
   */
  QomNode node(String name);

  /** {@return the bus that it has, if it has one; its devices are as they are now} */
  default Optional<ChildBus> bus() {
    return Optional.empty();
  }

  /**
   * The thread that hears its doorbells.
   *
   * @param usual the machine's event loop
   * @return that, for most
   */
  default EventLoop listener(EventLoop usual) { return usual; }

  /**
   * It has what ties it to the machine, and the guest does not see it yet. On the event loop, or before it has started.
   *
   * @param tie its signals
   */
  default void tied(PciSlot tie) {
    // Most never look at it.
  }

  /** It is in its slot. On the event loop, or before it has started. */
  default void plugged() {
    // Most are ready before.
  }

  /** Throws UserError if the guest cannot do without it now. */
  default void requireRemovable() {
    // Most can go.
  }

  /** Gives back what it holds of the host. On the event loop, or when that has ended. */
  void close();

  /** Gives back what it had of a machine that goes on without it, after {@link #close}. On the event loop. */
  default void release() {
    // Most have nothing.
  }
}
