package org.ballastvm.vmm.event;

/** Why a guest does not have the memory that it should have. */
public enum Obstacle {
  /** It is at it. */
  UNDER_WAY,
  /** Its CPUs are stopped. */
  MACHINE_STOPPED,
  /** No driver has taken the device. */
  NO_DRIVER,
  /** A driver has tried the device and given up. */
  DRIVER_FAILED,
  /** The driver broke a rule of the queue, and the device waits for it to start again. */
  DEVICE_STOPPED,
  /** There is a driver, and it has not even looked how much is wanted. */
  NO_ANSWER,
  /** The host refuses: it has no memory, or KVM no slot. */
  HOST_REFUSES,
  /** The driver asked for what no driver may ask for, which Linux takes as the device's end. */
  REQUEST_REFUSED,
  /** What is left is less than the driver's own steps. */
  BELOW_GRANULARITY,
  /** The guest has no room for the description of the new memory. */
  NO_ROOM_FOR_MEMMAP,
  /** The guest has memory that nobody brings online, and takes no more of it. */
  NOT_BROUGHT_ONLINE,
  /** What is plugged is in use, and cannot be moved. */
  CANNOT_BE_FREED,
  /** None of these. */
  UNKNOWN
}
