package org.ballastvm.pci;

/** What a PCI function asks of the bus it sits on. */
public interface PciHost {
  /**
   * A BAR answers from now on.
   *
   * @param bar which, 0 to 5
   * @param base guest physical address
   */
  void barMapped(int bar, long base);

  /**
   * A BAR answers no more.
   *
   * @param bar which, 0 to 5
   * @param base where it answered
   */
  void barUnmapped(int bar, long base);

  /**
   * Drives the function's interrupt pin.
   *
   * @param high whether it is asserted
   */
  void setInterruptPin(boolean high);

  /**
   * Says where a message-signalled interrupt goes.
   *
   * @param vector which, below the function's number of vectors
   * @param address the message's address
   * @param data the message
   */
  void routeVector(int vector, long address, int data);

  /**
   * Sends a message-signalled interrupt that has been routed. Allocates nothing.
   *
   * @param vector which
   */
  void triggerVector(int vector);

  /**
   * Rings a doorbell as the guest would: {@link PciFunction#doorbell} is called on the event loop, later. Any thread.
   *
   * @param doorbell the index of one of {@link PciFunction#doorbells()}
   */
  void ring(int doorbell);

  /**
   * Hears a doorbell no more: whoever serves its queue in the function's place does. {@link #ring} reaches them.
   *
   * @param doorbell the index of one of {@link PciFunction#doorbells()}
   */
  default void handOver(int doorbell) {
    // Where nobody serves queues in a function's place.
  }

  /**
   * Hears a doorbell again. One that rang meanwhile may be heard now.
   *
   * @param doorbell the index of one of {@link PciFunction#doorbells()}
   */
  default void takeBack(int doorbell) {
    // Where nobody serves queues in a function's place.
  }

  /**
   * Says what becomes of a call of whoever serves a queue. None is lost; one may be made twice.
   *
   * @param queue which, below {@link PciFunction#callCount()}
   * @param vector the message that goes without the function, which is routed; below zero: {@link PciFunction#called}
   */
  default void connect(int queue, int vector) {
    // Where nobody serves queues in a function's place.
  }
}
