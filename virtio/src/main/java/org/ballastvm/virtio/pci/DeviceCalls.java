package org.ballastvm.virtio.pci;

import java.util.function.BooleanSupplier;

/** What a device asks of the function that it is behind. */
interface DeviceCalls {
  /** Interrupts the driver for a queue. */
  void interrupt(int queue);

  /** Rings a queue's doorbell, as the driver would. */
  void ring(int queue);

  /** Runs a task under the function's lock, unless the device has stopped. */
  void enter(Runnable task);

  /** Lets others have the function's lock until something has come about. */
  void await(BooleanSupplier done);

  /** Hears a queue's doorbell no more: its server does. */
  void handOver(int queue);

  /** Hears it again. */
  void takeBack(int queue);

  /** Whether the guest lets the device reach memory. */
  boolean mayReachMemory();

  /** Has whoever awaits something look again. */
  void wake();
}
