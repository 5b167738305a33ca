package org.ballastvm.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * MSI-X of a function: the capability in configuration space, and the BAR of its own that holds the table and the pending
 * bits. Source: PCI Local Bus Specification 3.0, 6.8.2. The function's lock is held, but by {@link MsixTable#trigger}.
 */
final class Msix {
  /** The size of the BAR. */
  static final int BAR_BYTES = 0x1000;

  private static final int CAPABILITY = 0x11;
  private static final int PENDING = 0x800;
  /** The message control register, behind the capability's id and link. */
  private static final int CONTROL = 2;
  private static final int CONTROL_BYTES = 2;
  private static final int ENABLE = 0x8000;
  private static final int FUNCTION_MASK = 0x4000;

  private final PciConfigSpace config;
  private final MsixTable table;
  private final int bar;
  private final int control;

  /** Adds the capability to a configuration space; the function declares the BAR. */
  Msix(PciConfigSpace config, int vectors, int bar) {
    this.config = config;
    this.table = new MsixTable(vectors);
    this.bar = bar;
    ByteBuffer body = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putShort((short) (vectors - 1)).putInt(bar)
        .putInt(PENDING | bar);
    control = config.addCapability(CAPABILITY, body.array()) + CONTROL;
    config.allow(control, CONTROL_BYTES, ENABLE | FUNCTION_MASK);
  }

  MsixTable table() { return table; }

  int bar() { return bar; }

  /** Whether an access to configuration space comes by the message control register. */
  boolean isControl(int offset, int width) {
    return offset < control + CONTROL_BYTES && offset + width > control;
  }

  /** Configuration space, or whether the function may send messages at all, has changed. */
  void update(boolean isBusMaster) {
    int bits = config.get16(control);
    table.control((bits & ENABLE) != 0, (bits & FUNCTION_MASK) != 0 || !isBusMaster);
  }

  long read(long offset, int width) {
    return offset < PENDING ? table.read(offset, width) : table.readPending(offset - PENDING);
  }

  /** Takes what the guest writes to the table; the pending bits are read-only. */
  void write(long offset, int width, long value) {
    table.write(offset, width, value);
  }
}
