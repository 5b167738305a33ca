package org.ballastvm.virtio.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bodies of capabilities, behind their id and link. Virtio 1.3, 4.1.4. */
final class Capabilities {
  static final int VENDOR = 0x09;
  static final int COMMON = 1;
  static final int NOTIFY = 2;
  static final int ISR = 3;
  static final int DEVICE = 4;
  static final int PCI_ACCESS = 5;

  private Capabilities() {}

  static byte[] virtio(int type, int bar, int offset, int length) {
    return body(14).put((byte) 16).put((byte) type).put((byte) bar).put((byte) 0).putShort((short) 0).putInt(offset)
        .putInt(length).array();
  }

  static byte[] notification(int bar, int offset, int length, int multiplier) {
    return body(18).put((byte) 20).put((byte) NOTIFY).put((byte) bar).put((byte) 0).putShort((short) 0).putInt(offset)
        .putInt(length).putInt(multiplier).array();
  }

  static byte[] pciAccess() { return body(18).put((byte) 20).put((byte) PCI_ACCESS).array(); }

  private static ByteBuffer body(int bytes) { return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN); }
}
