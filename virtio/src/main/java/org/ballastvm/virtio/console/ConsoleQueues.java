package org.ballastvm.virtio.console;

/** Which queue is whose. Virtio 1.3, 5.3.2: those of port 0, two for control, those of the other ports. */
final class ConsoleQueues {
  static final int CONTROL_RECEIVE = 2;
  static final int CONTROL_TRANSMIT = 3;

  private ConsoleQueues() {}

  /** How many a device of so many ports has. */
  static int count(int maxPorts) {
    return maxPorts == 1 ? 2 : 2 * (maxPorts + 1);
  }

  static boolean isControl(int queue) { return queue == CONTROL_RECEIVE || queue == CONTROL_TRANSMIT; }

  /** Whether the guest sends by it. */
  static boolean isTransmit(int queue) { return (queue & 1) != 0; }

  /** The port of a queue that is not for control. */
  static int portOf(int queue) {
    return queue < CONTROL_RECEIVE ? 0 : queue / 2 - 1;
  }

  /** By which a port's guest receives. */
  static int receive(int port) { return port == 0 ? 0 : 2 * (port + 1); }

  /** By which a port's guest sends. */
  static int transmit(int port) { return receive(port) + 1; }
}
