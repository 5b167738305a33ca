package org.ballastvm.virtio.pci;

import java.util.function.BooleanSupplier;
import org.ballastvm.pci.PciHost;

/** What a device asks of the function that it is behind. */
interface DeviceCalls {
  /** Interrupts the driver for a queue. */
  void interrupt(int queue);

  /** The bus that the function is on. */
  PciHost bus();

  /** By which doorbell the driver rings for a queue. */
  int doorbell(int queue);

  /** Rings a queue's doorbell, as the driver would. */
  default void ring(int queue) { bus().ring(doorbell(queue)); }

  /** Runs a task under the function's lock, unless the device has stopped. */
  void enter(Runnable task);

  /** Lets others have the function's lock until something has come about. */
  void await(BooleanSupplier done);

  /** Hears a queue's doorbell no more: its server does. */
  default void handOver(int queue) {
    bus().handOver(doorbell(queue));
  }

  /** Hears it again. */
  default void takeBack(int queue) { bus().takeBack(doorbell(queue)); }

  /** Stops the device until its driver resets it. */
  void needReset();

  /** Whether the guest lets the device reach memory. */
  boolean mayReachMemory();

  /** Has whoever awaits something look again. */
  void wake();
}
