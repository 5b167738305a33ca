package org.ballastvm.virtio.console;

/** What a control message is about, by its number on the wire. Virtio 1.3, 5.3.6.2. */
enum ControlEvent {
  /** To the device: the driver takes control messages. */
  DEVICE_READY(0),
  /** To the driver: there is a port. */
  DEVICE_ADD(1),
  /** To the driver: a port is gone. */
  DEVICE_REMOVE(2),
  /** To the device: the driver has set a port up. */
  PORT_READY(3),
  /** To the driver: a port is a console. */
  CONSOLE_PORT(4),
  /** To the driver: how large a console is. */
  RESIZE(5),
  /** Both ways: the other end of a port was opened or closed. */
  PORT_OPEN(6),
  /** To the driver: what a port is called. */
  PORT_NAME(7);

  private final int number;

  ControlEvent(int number) { this.number = number; }

  int number() { return number; }
}
