package org.ballastvm.virtio.console;

/**
 * What a guest knows of one port's number, and so what it is to be told next. There is nothing else to remember of messages
 * that its driver has no buffers for, however often either side changes its mind.
 */
final class PortView {
  /** Nothing was told. */
  static final PortTold POWER_ON = new PortTold(false, false, false, false, false, false, 0, 0);

  private PortTold told = POWER_ON;

  PortTold state() { return told; }

  void restore(PortTold state) { told = state; }

  boolean isAnnounced() { return told.announced(); }

  boolean isLeaving() { return told.leaving(); }

  /** The port is gone. */
  void leave() {
    told = told.announced() ? new PortTold(true, true, false, false, false, false, 0, 0) : POWER_ON;
  }

  /** The driver has set the port up, and is told all of it. */
  void ready() {
    told = new PortTold(true, false, true, false, false, false, 0, 0);
  }

  /** What is to be told next; null if nothing is. */
  ControlEvent due(ConsolePort port) {
    if (told.leaving()) {
      return ControlEvent.DEVICE_REMOVE;
    }
    if (port == null || told.announced() && !told.ready()) {
      return null;
    }
    if (!told.announced()) {
      return ControlEvent.DEVICE_ADD;
    }
    if (port.isConsole() != told.console()) {
      return ControlEvent.CONSOLE_PORT;
    }
    if (port.name().isPresent() != told.named()) {
      return ControlEvent.PORT_NAME;
    }
    if (port.isHostOpen() != told.open()) {
      return ControlEvent.PORT_OPEN;
    }
    boolean sameSize = port.columns() == told.columns() && port.rows() == told.rows();
    return sameSize || !port.isConsole() ? null : ControlEvent.RESIZE;
  }

  /** What was due has been told. */
  void told(ControlEvent event, ConsolePort port) {
    PortTold was = told;
    told = switch (event) {
      case DEVICE_REMOVE -> POWER_ON;
      case DEVICE_ADD -> new PortTold(true, false, false, false, false, false, 0, 0);
      case CONSOLE_PORT -> new PortTold(true, false, true, true, was.named(), was.open(), was.columns(), was.rows());
      case PORT_NAME -> new PortTold(true, false, true, was.console(), true, was.open(), was.columns(), was.rows());
      case PORT_OPEN ->
        new PortTold(true, false, true, was.console(), was.named(), port.isHostOpen(), was.columns(), was.rows());
      case RESIZE ->
        new PortTold(true, false, true, was.console(), was.named(), was.open(), port.columns(), port.rows());
      case DEVICE_READY, PORT_READY -> throw new IllegalStateException(event + " is the driver's to say");
    };
  }
}
