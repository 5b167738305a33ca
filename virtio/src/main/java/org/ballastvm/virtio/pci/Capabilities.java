package org.ballastvm.virtio.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ballastvm.pci.PciConfigSpace;
import org.ballastvm.pci.PciIdentity;
import org.ballastvm.virtio.VirtioDevice;

/** Who a function is, and the bodies of its capabilities, behind their id and link. Virtio 1.3, 4.1.2 and 4.1.4. */
final class Capabilities {
  private static final int VENDOR = 0x1af4;
  private static final int FIRST_DEVICE = 0x1040;
  private static final int FIRST_SUBSYSTEM = 0x1100;
  private static final int REVISION = 1;

  private static final int VENDOR_SPECIFIC = 0x09;
  private static final int PART_BYTES = 0x1000;
  private static final int COMMON = 1;
  private static final int NOTIFY = 2;
  private static final int ISR = 3;
  private static final int DEVICE = 4;
  private static final int PCI_ACCESS = 5;

  private Capabilities() {}

  /** Who the function of a device is. */
  static PciIdentity identity(VirtioDevice device) {
    return new PciIdentity(VENDOR, FIRST_DEVICE + device.type(), REVISION, device.pciClass(), VENDOR, FIRST_SUBSYSTEM);
  }

  /** Says in which BAR the registers are, at which offsets, a page each. */
  static void declare(PciConfigSpace config, int bar, int common, int isr, int device, int notify, int multiplier) {
    config.addCapability(VENDOR_SPECIFIC, virtio(COMMON, bar, common, PART_BYTES));
    config.addCapability(VENDOR_SPECIFIC, virtio(ISR, bar, isr, PART_BYTES));
    config.addCapability(VENDOR_SPECIFIC, virtio(DEVICE, bar, device, PART_BYTES));
    config.addCapability(VENDOR_SPECIFIC, notification(bar, notify, PART_BYTES, multiplier));
  }

  /** Adds the window of {@link PciAccessWindow}; where it is. */
  static int declareWindow(PciConfigSpace config) {
    return config.addCapability(VENDOR_SPECIFIC, pciAccess());
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
