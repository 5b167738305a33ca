package org.ballastvm.vmm.device;

/**
 * The lines by which a serial port and a modem see each other. Source: PC16550D data sheet, 8.7 and 8.8.
 *
 * @param bits the modem control register
 */
record ModemControl(int bits) {
  private static final int DTR = 0x01;
  private static final int RTS = 0x02;
  private static final int OUT1 = 0x04;
  private static final int OUT2 = 0x08;
  private static final int LOOPBACK = 0x10;
  private static final int WRITABLE = 0x1f;

  private static final int CTS = 0x10;
  private static final int DSR = 0x20;
  private static final int RI = 0x40;
  private static final int DCD = 0x80;

  /** The interrupt reaches its line. */
  static final ModemControl POWER_ON = new ModemControl(OUT2);

  /** What a guest wrote. */
  static ModemControl of(int value) { return new ModemControl(value & WRITABLE); }

  /** Whether the port talks to itself, and takes nothing from outside. */
  boolean loopsBack() {
    return (bits & LOOPBACK) != 0;
  }

  /** The modem status register: somebody is always there, but in loopback, where the port sees its own lines. */
  int status() {
    if (!loopsBack()) {
      return CTS | DSR | DCD;
    }
    return ((bits & RTS) != 0 ? CTS : 0) | ((bits & DTR) != 0 ? DSR : 0) | ((bits & OUT1) != 0 ? RI : 0)
        | ((bits & OUT2) != 0 ? DCD : 0);
  }
}
