package org.ballastvm.virtio.console;

/**
 * What a guest knows of one port's number, and so what is to be sent next. There is nothing else to remember of messages
 * that its driver has no buffers for, however often either side changes its mind.
 */
final class PortView {
  /** Nothing was announced. */
  static final KnownPort POWER_ON = new KnownPort(false, false, false, false, false, false, 0, 0);

  private KnownPort known = POWER_ON;

  KnownPort state() { return known; }

  void restore(KnownPort state) { known = state; }

  boolean isAnnounced() { return known.announced(); }

  boolean isLeaving() { return known.leaving(); }

  /** The port is gone. */
  void leave() {
    known = known.announced() ? new KnownPort(true, true, false, false, false, false, 0, 0) : POWER_ON;
  }

  /** The driver has set the port up, and hears all of it. */
  void ready() {
    known = new KnownPort(true, false, true, false, false, false, 0, 0);
  }

  /** What is to be sent next; null if nothing is. */
  ControlEvent due(ConsolePort port) {
    if (known.leaving()) {
      return ControlEvent.DEVICE_REMOVE;
    }
    if (port == null || known.announced() && !known.ready()) {
      return null;
    }
    if (!known.announced()) {
      return ControlEvent.DEVICE_ADD;
    }
    if (port.isConsole() != known.console()) {
      return ControlEvent.CONSOLE_PORT;
    }
    if (port.name().isPresent() != known.named()) {
      return ControlEvent.PORT_NAME;
    }
    if (port.isHostOpen() != known.open()) {
      return ControlEvent.PORT_OPEN;
    }
    boolean sameSize = port.columns() == known.columns() && port.rows() == known.rows();
    return sameSize || !port.isConsole() ? null : ControlEvent.RESIZE;
  }

  /** What was due has been sent. */
  void sent(ControlEvent event, ConsolePort port) {
    KnownPort was = known;
    known = switch (event) {
      case DEVICE_REMOVE -> POWER_ON;
      case DEVICE_ADD -> new KnownPort(true, false, false, false, false, false, 0, 0);
      case CONSOLE_PORT -> new KnownPort(true, false, true, true, was.named(), was.open(), was.columns(), was.rows());
      case PORT_NAME -> new KnownPort(true, false, true, was.console(), true, was.open(), was.columns(), was.rows());
      case PORT_OPEN ->
        new KnownPort(true, false, true, was.console(), was.named(), port.isHostOpen(), was.columns(), was.rows());
      case RESIZE ->
        new KnownPort(true, false, true, was.console(), was.named(), was.open(), port.columns(), port.rows());
      case DEVICE_READY, PORT_READY -> throw new IllegalStateException(event + " is the driver's to say");
    };
  }
}
