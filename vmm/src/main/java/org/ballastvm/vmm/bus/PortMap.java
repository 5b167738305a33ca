package org.ballastvm.vmm.bus;

/** Where devices are on the port bus that a PC has at fixed places, for those who map them and those who declare them. */
public final class PortMap {
  /** The clock and its memory: an index and the data. */
  public static final int RTC = 0x70;
  /** How many ports the clock has. */
  public static final int RTC_LENGTH = 2;
  /** The first serial port. */
  public static final int COM1 = 0x3f8;
  /** How many ports a serial port has. */
  public static final int COM1_LENGTH = 8;
  /** PCI's configuration mechanism 1: an address and the data. */
  public static final int PCI_CONFIG = 0xcf8;
  /** How many ports the mechanism has. */
  public static final int PCI_CONFIG_LENGTH = 8;
  /** Below are the machine's fixed devices, from here on those of PCI. */
  public static final int PCI_WINDOW = 0x1000;
  /** The last port there is. */
  public static final int LAST = 0xffff;

  private PortMap() {}
}
