package org.ballastvm.virtio.pci;

import org.ballastvm.pci.PciConfigSpace;
import org.ballastvm.pci.PciFunction;

/**
 * The window through which firmware without memory access reaches a BAR: {@code struct virtio_pci_cfg_cap}. Virtio 1.3,
 * 4.1.4.9.
 */
final class PciAccessWindow {
  private static final int BAR = 4;
  private static final int OFFSET = 8;
  private static final int LENGTH = 12;
  private static final int DATA = 16;

  private final PciFunction function;
  private final PciConfigSpace config;
  private final int capability;

  /** @param config that of the function, with the capability */
  PciAccessWindow(PciFunction function, PciConfigSpace config, int capability) {
    this.function = function;
    this.config = config;
    this.capability = capability;
    config.allow(capability + BAR, 1, 0xff);
    config.allow(capability + OFFSET, 4, -1);
    config.allow(capability + LENGTH, 4, -1);
    config.allow(capability + DATA, 4, -1);
  }

  void beforeRead(int offset) {
    if (isData(offset) && isValid()) {
      config.put32(capability + DATA, (int) function.barRead(config.get8(capability + BAR),
          Integer.toUnsignedLong(config.get32(capability + OFFSET)), config.get32(capability + LENGTH)));
    }
  }

  void afterWrite(int offset) {
    if (isData(offset) && isValid()) {
      function.barWrite(config.get8(capability + BAR), Integer.toUnsignedLong(config.get32(capability + OFFSET)),
          config.get32(capability + LENGTH), Integer.toUnsignedLong(config.get32(capability + DATA)));
    }
  }

  private boolean isData(int offset) { return offset >= capability + DATA && offset < capability + DATA + 4; }

  /** The guest chose bar, offset and length: an access must be of 1, 2 or 4 bytes, aligned, inside a BAR there is. */
  private boolean isValid() {
    int bar = config.get8(capability + BAR);
    long offset = Integer.toUnsignedLong(config.get32(capability + OFFSET));
    int length = config.get32(capability + LENGTH);
    return bar < PciFunction.BARS && (length == 1 || length == 2 || length == 4) && offset % length == 0
        && offset <= function.barBytes(bar) - length;
  }
}
