package org.ballastvm.virtio.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ballastvm.pci.PciConfigSpace;

/** The bodies of capabilities, behind their id and link. Virtio 1.3, 4.1.4. */
final class Capabilities {
  private static final int VENDOR = 0x09;
  private static final int PART_BYTES = 0x1000;
  private static final int COMMON = 1;
  private static final int NOTIFY = 2;
  private static final int ISR = 3;
  private static final int DEVICE = 4;
  private static final int PCI_ACCESS = 5;

  private Capabilities() {}

  /** Says in which BAR the registers are, at which offsets, a page each. */
  static void declare(PciConfigSpace config, int bar, int common, int isr, int device, int notify, int multiplier) {
    config.addCapability(VENDOR, virtio(COMMON, bar, common, PART_BYTES));
    config.addCapability(VENDOR, virtio(ISR, bar, isr, PART_BYTES));
    config.addCapability(VENDOR, virtio(DEVICE, bar, device, PART_BYTES));
    config.addCapability(VENDOR, notification(bar, notify, PART_BYTES, multiplier));
  }

  /** Adds the window of {@link PciAccessWindow}; where it is. */
  static int declareWindow(PciConfigSpace config) {
    return config.addCapability(VENDOR, pciAccess());
  }

  private static byte[] virtio(int type, int bar, int offset, int length) {
    return body(14).put((byte) 16).put((byte) type).put((byte) bar).put((byte) 0).putShort((short) 0).putInt(offset)
        .putInt(length).array();
  }

  private static byte[] notification(int bar, int offset, int length, int multiplier) {
    return body(18).put((byte) 20).put((byte) NOTIFY).put((byte) bar).put((byte) 0).putShort((short) 0).putInt(offset)
        .putInt(length).putInt(multiplier).array();
  }

  private static byte[] pciAccess() { return body(18).put((byte) 20).put((byte) PCI_ACCESS).array(); }

  private static ByteBuffer body(int bytes) { return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN); }
}
