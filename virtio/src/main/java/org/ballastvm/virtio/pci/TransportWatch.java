package org.ballastvm.virtio.pci;

import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.queue.Virtqueue;

/** Sees what passes between a driver and its device. The function's lock is held; it must not throw, and does little. */
interface TransportWatch extends AutoCloseable {
  /** Nobody looks. */
  TransportWatch NONE = new TransportWatch() {
  };
  /** For an interrupt of no queue. */
  int CONFIG = -1;

  /** A queue is about to be looked at, as its driver rang or the device wanted to. */
  default void looks(Virtqueue queue) {
    // Nobody looks.
  }

  /** The driver read the device's configuration. */
  default void configRead(int register, int width, long value) {
    // Nobody looks.
  }

  /** The driver wrote it. */
  default void configWritten(int register, int width, long value) {
    // Nobody looks.
  }

  /** The host, or what the device does, may have changed it. */
  default void configMayDiffer() {
    // Nobody looks.
  }

  /** The driver wrote a register of the common configuration, and what follows from that is done. */
  default void commonWritten(int register, int value) {
    // Nobody looks.
  }

  /** The device interrupts for a queue, or for {@link #CONFIG}. */
  default void interrupts(int queue) {
    // Nobody looks.
  }

  /** The device stops until its driver resets it. */
  default void stops(DeviceEvent why) {
    // Nobody looks.
  }

  /** The device has forgotten its driver, without its doing. */
  default void machineReset() {
    // Nobody looks.
  }

  /** The guest forbids the device to reach memory, so that it has forgotten a driver that was at work. */
  default void leftMemory() {
    // Nobody looks.
  }

  /** Looks no more. */
  @Override
  default void close() {
    // Nobody looked.
  }
}
